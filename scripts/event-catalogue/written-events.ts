import ts from 'typescript';

/** A method that writes events: which argument holds the event, and in which field of it the name stands. */
interface Writer {
  field: string;
  argument: number;
}

/** What the compiler knows of the events that each method may write, by `Class.method`. */
export type WrittenEvents = Record<string, Set<string>>;

/**
 * Finds every call of the writers and asks the compiler which names its event may have: the literals of their type, also
 * where the name is put together of parts.
 *
 * @param isSource which files of the program are looked into
 */
export function writtenEvents(
  program: ts.Program,
  isSource: (file: string) => boolean,
  writers: Readonly<Record<string, Writer>>,
): WrittenEvents {
  const checker = program.getTypeChecker();
  const written: WrittenEvents = {};
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node) && ts.isPropertyAccessExpression(node.expression)) {
      const { expression, name } = node.expression;
      // Methods of other names are many, and asking for the type of each takes long.
      const known = Object.keys(writers).some((writer) => writer.endsWith(`.${name.text}`));
      const method = known ? `${checker.getTypeAtLocation(expression).symbol?.name}.${name.text}` : '';
      const writer = writers[method];
      const event = writer && node.arguments[writer.argument];
      if (event) {
        const events = (written[method] ??= new Set());
        for (const literal of namesOf(checker, event, writer.field)) events.add(literal);
      }
    }
    ts.forEachChild(node, visit);
  };
  for (const file of program.getSourceFiles()) if (isSource(file.fileName)) visit(file);
  return written;
}

function namesOf(checker: ts.TypeChecker, event: ts.Expression, field: string): string[] {
  const property = checker.getTypeAtLocation(event).getProperty(field);
  return property ? literalsOf(checker, checker.getTypeOfSymbolAtLocation(property, event)) : [`no ${field}`];
}

function literalsOf(checker: ts.TypeChecker, type: ts.Type): string[] {
  if (type.isUnion()) return type.types.flatMap((each) => literalsOf(checker, each));
  return [type.isStringLiteral() ? type.value : checker.typeToString(type)];
}

/** @returns one line for each event that is written and not listed, or listed and not written */
export function eventFaults(catalogue: string, listed: readonly string[], written: ReadonlySet<string>): string[] {
  return [
    ...[...written]
      .filter((event) => !listed.includes(event))
      .map((event) => `${event} is written and not in ${catalogue}`),
    ...listed.filter((event) => !written.has(event)).map((event) => `${event} is in ${catalogue} and never written`),
  ];
}
