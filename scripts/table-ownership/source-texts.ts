import ts from 'typescript';
import { HOLE } from './sql-tokens.js';

/** A piece of a source file that may be SQL. */
export interface SourceText {
  text: string;
  /** The line on which the text begins, from 1. */
  line: number;
}

/** What a TypeScript file has in strings, and the tables that it names without SQL. */
export interface SourceFileTexts {
  texts: SourceText[];
  /** Tables that the file writes through an entity or a library. */
  named: SourceText[];
}

/** Calls whose first argument may be the name of a table that is written. */
const WRITING_CALLS = new Set(['insert', 'update', 'delete', 'upsert', 'save', 'remove', 'getRepository', 'into']);

/**
 * The strings of a TypeScript file. A template is one text, with `HOLE` for each value that is put in, or the value itself
 * where the file says what it is. `@Entity('…')`, `{ tableName: '…' }` and calls such as `insert('…')` name tables.
 */
export function textsOfTypeScript(file: string, source: string): SourceFileTexts {
  const tree = ts.createSourceFile(file, source, ts.ScriptTarget.Latest, true);
  const constants = constantsOf(tree);
  const found: SourceFileTexts = { texts: [], named: [] };
  const lineOf = (node: ts.Node) => tree.getLineAndCharacterOfPosition(node.getStart()).line + 1;
  const visit = (node: ts.Node): void => {
    const text = textOf(node, constants);
    if (text !== null) {
      found.texts.push({ text, line: lineOf(node) });
      if (namesTable(node)) found.named.push({ text, line: lineOf(node) });
    }
    ts.forEachChild(node, visit);
  };
  visit(tree);
  return found;
}

function textOf(node: ts.Node, constants: ReadonlyMap<string, string>): string | null {
  if (ts.isStringLiteralLike(node)) return node.text;
  if (!ts.isTemplateExpression(node)) return null;
  return node.templateSpans.reduce((text, { expression, literal }) => {
    const value = ts.isIdentifier(expression) ? constants.get(expression.text) : undefined;
    return text + (value ?? HOLE) + literal.text;
  }, node.head.text);
}

/** Constants of the file that hold a string of one word: what may be the name of a table. */
function constantsOf(tree: ts.SourceFile): Map<string, string> {
  const constants = new Map<string, string>();
  const visit = (node: ts.Node): void => {
    if (ts.isVariableDeclaration(node) && ts.isIdentifier(node.name) && node.initializer) {
      const value = ts.isAsExpression(node.initializer) ? node.initializer.expression : node.initializer;
      if (ts.isStringLiteralLike(value) && /^\w+$/.test(value.text)) constants.set(node.name.text, value.text);
    }
    ts.forEachChild(node, visit);
  };
  visit(tree);
  return constants;
}

function namesTable(node: ts.Node): boolean {
  const { parent } = node;
  if (ts.isPropertyAssignment(parent) && parent.initializer === node) return parent.name.getText() === 'tableName';
  if (!ts.isCallExpression(parent) || parent.arguments[0] !== node) return false;
  const callee = parent.expression;
  if (ts.isIdentifier(callee)) return callee.text === 'Entity';
  return ts.isPropertyAccessExpression(callee) && WRITING_CALLS.has(callee.name.text);
}
