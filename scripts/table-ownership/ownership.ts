import { textsOfTypeScript } from './source-texts.js';
import { type TableUse, tableUses } from './table-uses.js';

export interface Ownership {
  /** The module that writes the table, and the only one. */
  owners: Readonly<Record<string, string>>;
  /** Writes of other modules: `<module> <table>` and why it must be so. */
  foreignWrites: Readonly<Record<string, string>>;
  /** Reads of other modules: for each module the tables, and why. */
  foreignReads: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Files that write a table whose name is put in at run time, and why it is none of the schema. */
  runtimeNames?: Readonly<Record<string, string>>;
  /** The module that the functions of an area of `migrations/functions/` belong to. */
  areas: Readonly<Record<string, string>>;
}

export interface Source {
  /** Path from the root of the project, with `/`. */
  file: string;
  content: string;
}

interface FoundUse {
  module: string;
  use: TableUse;
  place: string;
}

/**
 * Holds every SQL text against the list of owners: only the owner of a table writes it, and whoever else reads it is
 * entered with a reason. What is entered and not done any more is a fault as well.
 *
 * @param schema `create table` statements of every table. Partitions, which stand in schemas of their own, are their table's
 * @returns one line for each fault
 */
export function ownershipFaults(sources: readonly Source[], schema: string, ownership: Ownership): string[] {
  const tables = new Set([...schema.matchAll(/^create table (?:public\.)?(\w+) \(/gim)].map((match) => match[1]!));
  const found = sources.flatMap((source) => usesOf(source, tables, ownership.areas));
  return [
    ...unownedTables(tables, ownership),
    ...found.flatMap((use) => faultOf(use, ownership)),
    ...unused(found, ownership),
  ];
}

function unownedTables(tables: ReadonlySet<string>, { owners }: Ownership): string[] {
  const without = [...tables].filter((table) => !(table in owners)).map((table) => `The table ${table} has no owner`);
  const gone = Object.keys(owners).filter((table) => !tables.has(table));
  return [...without, ...gone.map((table) => `The table ${table} has an owner and does not exist`)];
}

function usesOf({ file, content }: Source, tables: ReadonlySet<string>, areas: Ownership['areas']): FoundUse[] {
  const module = moduleOf(file, areas);
  const { texts, named } = file.endsWith('.sql')
    ? { texts: [{ text: content, line: 1 }], named: [] }
    : textsOfTypeScript(file, content);
  const ofTexts = texts.flatMap(({ text, line }) =>
    tableUses(text, tables).map((use) => ({ module, use, place: `${file}:${line + linesBefore(text, use.at)}` })),
  );
  const ofNames = named
    .filter(({ text }) => tables.has(text))
    .map(({ text, line }) => ({
      module,
      use: { kind: 'write', what: text, at: 0 } as const,
      place: `${file}:${line}`,
    }));
  return [...ofTexts, ...ofNames];
}

function linesBefore(text: string, at: number): number {
  return text.slice(0, at).split('\n').length - 1;
}

/** `modules/usage/…` is `usage`, `platform/jobs/…` is `platform/jobs`, a function is its area's, a script is itself. */
export function moduleOf(file: string, areas: Ownership['areas']): string {
  const module = /^apps\/api\/src\/modules\/([^/]+)\//.exec(file)?.[1];
  if (module !== undefined) return module;
  const platform = /^apps\/api\/src\/(platform\/[^/]+)\//.exec(file)?.[1];
  if (platform !== undefined) return platform;
  const area = /^migrations\/functions\/([^/]+)\//.exec(file)?.[1];
  if (area !== undefined) return areas[area] ?? `migrations/functions/${area}`;
  if (file.startsWith('migrations/')) return 'migrations';
  return file.replace(/\.(ts|mjs|sql)$/, '');
}

function faultOf({ module, use: { kind, what }, place }: FoundUse, ownership: Ownership): string[] {
  if (kind === 'unclear') {
    return place.replace(/:\d+$/, '') in (ownership.runtimeNames ?? {}) ? [] : [`${place}: ${what}`];
  }
  const owner = ownership.owners[what];
  if (owner === module) return [];
  if (`${module} ${what}` in ownership.foreignWrites) return [];
  if (kind === 'write') {
    return [`${place}: ${module} writes ${what}, which belongs to ${owner}. Ask the owner through its public face`];
  }
  if (what in (ownership.foreignReads[module] ?? {})) return [];
  return [
    `${place}: ${module} reads ${what}, which belongs to ${owner}. Ask the owner, or enter the read with its reason`,
  ];
}

/** Entries that nothing needs any more. */
function unused(found: readonly FoundUse[], { owners, foreignWrites, foreignReads }: Ownership): string[] {
  const done = new Set(found.map(({ module, use: { kind, what } }) => `${kind} ${module} ${what}`));
  const writes = Object.keys(foreignWrites).filter((entry) => !done.has(`write ${entry}`));
  const reads = Object.entries(foreignReads).flatMap(([module, tables]) =>
    Object.keys(tables)
      .filter((table) => !done.has(`read ${module} ${table}`) || owners[table] === module)
      .map((table) => `${module} ${table}`),
  );
  return [
    ...writes.map((entry) => `The foreign write "${entry}" is entered and does not happen`),
    ...reads.map((entry) => `The foreign read "${entry}" is entered and does not happen`),
  ];
}
