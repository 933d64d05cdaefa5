/** The least part of a statement that matters: words, and signs one by one. What is quoted as a string is no word. */
export interface SqlToken {
  kind: 'word' | 'string' | 'sign' | 'hole';
  /** A word in lower case unless it was quoted; what a string holds. */
  text: string;
  /** Where it begins in the text. */
  at: number;
}

/** Stands where a template has `${…}`: no SQL holds this character. */
export const HOLE = '\u0000';

const WORD = /[\p{L}_][\p{L}\p{N}_$]*/uy;
const NUMBER = /\d[\w.]*/y;
const PARAMETER = /\$\d+/y;
const DOLLAR = /\$(?:[\p{L}_][\p{L}\p{N}_]*)?\$/uy;

/**
 * Cuts SQL into tokens as PostgreSQL does: comments are left out, also nested ones, and a dollar-quoted body (of a function)
 * is SQL again. A part of a statement will do, for templates are made of parts.
 */
export function sqlTokens(sql: string): SqlToken[] {
  const tokens: SqlToken[] = [];
  for (let at = 0; at < sql.length;) at = next(sql, at, tokens);
  return tokens;
}

/** @returns where the next token begins */
function next(sql: string, at: number, tokens: SqlToken[]): number {
  const sign = sql[at]!;
  if (/\s/.test(sign)) return at + 1;
  if (sign === HOLE) return push(tokens, 'hole', sign, at, at + 1);
  if (sql.startsWith('--', at)) return endOf(sql, '\n', at + 2);
  if (sql.startsWith('/*', at)) return endOfComment(sql, at);
  if (sign === '"') return quoted(sql, at, '"', 'word', tokens);
  if (sign === "'") return quoted(sql, at, "'", 'string', tokens, isEscapeString(sql, at));
  const dollar = match(DOLLAR, sql, at);
  if (dollar !== null) return body(sql, at, dollar, tokens);
  const parameter = match(PARAMETER, sql, at) ?? match(NUMBER, sql, at);
  if (parameter !== null) return push(tokens, 'sign', parameter, at, at + parameter.length);
  const word = match(WORD, sql, at);
  if (word !== null) return push(tokens, 'word', word.toLowerCase(), at, at + word.length);
  return push(tokens, 'sign', sign, at, at + 1);
}

function push(tokens: SqlToken[], kind: SqlToken['kind'], text: string, at: number, end: number): number {
  tokens.push({ kind, text, at });
  return end;
}

function match(pattern: RegExp, sql: string, at: number): string | null {
  pattern.lastIndex = at;
  return pattern.exec(sql)?.[0] ?? null;
}

function endOf(sql: string, mark: string, from: number): number {
  const found = sql.indexOf(mark, from);
  return found < 0 ? sql.length : found + mark.length;
}

function endOfComment(sql: string, begin: number): number {
  let depth = 0;
  for (let at = begin; at < sql.length; at += 1) {
    if (sql.startsWith('/*', at)) depth += 1;
    else if (sql.startsWith('*/', at)) depth -= 1;
    else continue;
    at += 1;
    if (depth === 0) return at + 1;
  }
  return sql.length;
}

/** `E'…'`, where a backslash escapes the quote. */
function isEscapeString(sql: string, at: number): boolean {
  return /(^|[^\p{L}\p{N}_])e$/iu.test(sql.slice(Math.max(0, at - 2), at));
}

function quoted(
  sql: string,
  begin: number,
  quote: string,
  kind: SqlToken['kind'],
  tokens: SqlToken[],
  escapes = false,
): number {
  let text = '';
  let at = begin + 1;
  for (; at < sql.length; at += 1) {
    if (escapes && sql[at] === '\\') text += sql[(at += 1)] ?? '';
    else if (sql[at] !== quote) text += sql[at];
    else if (sql[at + 1] === quote) text += sql[(at += 1)];
    else break;
  }
  return push(tokens, kind, text, begin, at + 1);
}

function body(sql: string, at: number, dollar: string, tokens: SqlToken[]): number {
  const begin = at + dollar.length;
  const end = sql.indexOf(dollar, begin);
  const text = sql.slice(begin, end < 0 ? sql.length : end);
  push(tokens, 'sign', ';', at, begin);
  for (const token of sqlTokens(text)) tokens.push({ ...token, at: token.at + begin });
  push(tokens, 'sign', ';', begin + text.length, begin);
  return begin + text.length + dollar.length;
}
