import { fieldPath } from '../fields/field-path.js';
import { ProblemError } from '../problems/problem.error.js';

/** What any JSON text that a client sends may have at most. The largest record of the API has some 30 fields. */
export const JSON_BOUNDS = {
  /** Objects and arrays inside of each other. */
  depth: 32,
  /** Fields of one object. */
  fields: 200,
  /** Values in all, for arrays of ids: an operation on many numbers names up to 10,000. */
  values: 20_000,
} as const;

const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_ARRAY = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_ARRAY = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

/** How many fields each open object has so far. One text is measured at a time, so one array serves all. */
const fieldsAt = new Uint32Array(JSON_BOUNDS.depth + 1);

/** Fields of all objects, and whether a text in it has an escape: only an escape can hide what cannot be stored. */
export interface JsonMeasure {
  fields: number;
  hasEscapes: boolean;
}

/**
 * Counts what a JSON text holds, in one pass over its characters and before anything is made of it. A text that is no
 * JSON gives some count; the parser refuses it afterwards.
 *
 * @throws ProblemError validation_failed when the text holds more than anything in the API needs
 */
export function measureJson(text: string): JsonMeasure {
  let depth = 0;
  let fields = 0;
  let values = 1;
  let hasEscapes = false;
  for (let at = 0; at < text.length; at += 1) {
    const character = text.charCodeAt(at);
    if (character === QUOTE) {
      for (at += 1; at < text.length; at += 1) {
        const inside = text.charCodeAt(at);
        if (inside === QUOTE) break;
        if (inside === BACKSLASH) {
          hasEscapes = true;
          at += 1;
        }
      }
    } else if (character === COLON) {
      fields += 1;
      fieldsAt[depth]! += 1;
      if (fieldsAt[depth]! > JSON_BOUNDS.fields) refuse(`must not have more than ${JSON_BOUNDS.fields} fields`);
    } else if (character === COMMA) values += 1;
    else if (character === OPEN_OBJECT || character === OPEN_ARRAY) {
      depth += 1;
      values += 1;
      if (depth > JSON_BOUNDS.depth) refuse(`must not be nested deeper than ${JSON_BOUNDS.depth} levels`);
      fieldsAt[depth] = 0;
    } else if ((character === CLOSE_OBJECT || character === CLOSE_ARRAY) && depth > 0) depth -= 1;
  }
  if (values > JSON_BOUNDS.values) {
    refuse(`must not have more than ${JSON_BOUNDS.values.toLocaleString('en')} values`);
  }
  return { fields, hasEscapes };
}

function refuse(message: string): never {
  throw new ProblemError('validation_failed', `JSON ${message}`, { errors: { body: message } });
}

interface Level {
  /** Null for an array. */
  names: Set<string> | null;
  path: string;
  /** The name of the field, or the index of the item, that is being read. */
  current: string | number;
}

/** The path of the first field that an object has twice, in a text that is JSON; undefined when there is none. */
export function repeatedField(text: string): string | undefined {
  const levels: Level[] = [];
  for (let at = 0; at < text.length; at += 1) {
    const character = text.charCodeAt(at);
    const level = levels.at(-1);
    if (character === QUOTE) {
      const end = endOfText(text, at);
      if (level?.names && nextMark(text, end) === COLON) {
        level.current = JSON.parse(text.slice(at, end)) as string;
        if (level.names.has(level.current)) return pathOf(level);
        level.names.add(level.current);
      }
      at = end - 1;
    } else if (character === COMMA && level && typeof level.current === 'number') level.current += 1;
    else if (character === OPEN_OBJECT || character === OPEN_ARRAY) {
      const names = character === OPEN_OBJECT ? new Set<string>() : null;
      levels.push({ names, path: level ? pathOf(level) : '', current: names ? '' : 0 });
    } else if (character === CLOSE_OBJECT || character === CLOSE_ARRAY) levels.pop();
  }
  return undefined;
}

function pathOf({ path, current }: Level): string {
  return fieldPath(path, current);
}

/** Behind the closing quote. */
function endOfText(text: string, start: number): number {
  let at = start + 1;
  while (text.charCodeAt(at) !== QUOTE) at += text.charCodeAt(at) === BACKSLASH ? 2 : 1;
  return at + 1;
}

/** The first character that is no white space. */
function nextMark(text: string, start: number): number {
  let at = start;
  while (text.charCodeAt(at) <= 0x20) at += 1;
  return text.charCodeAt(at);
}
