import fc from 'fast-check';
import { JSON_BOUNDS } from '../../../apps/api/src/platform/http/bodies/json-bounds.js';
import { readJson, readJsonParameter } from '../../../apps/api/src/platform/http/bodies/json-reader.js';
import { ProblemError } from '../../../apps/api/src/platform/http/problems/problem.error.js';

function refusalOf(text: string, read = readJson): ProblemError {
  try {
    read(text);
  } catch (error) {
    if (error instanceof ProblemError) return error;
    throw error;
  }
  throw new Error(`${text.slice(0, 100)} was read`);
}

const errorsOf = (text: string) => refusalOf(text).options.errors;
const object = (fields: number) => `{${Array.from({ length: fields }, (_, index) => `"f${index}":1`).join(',')}}`;
const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth);
const array = (items: number) => `[${'0,'.repeat(items - 1)}0]`;

describe('readJson', () => {
  it('reads what JSON.parse reads, when no field is repeated', () => {
    fc.assert(
      fc.property(fc.json(), fc.constantFrom(undefined, 1, '\t'), (text, indent) => {
        const spaced = JSON.stringify(JSON.parse(text), null, indent);
        const unstorable = /\\u(0000|d[89a-f])/i.test(spaced) || /"(__proto__|constructor)"/.test(spaced);
        fc.pre(!unstorable);
        expect(readJson(spaced)).toEqual(JSON.parse(spaced));
      }),
      { numRuns: 500 },
    );
  });

  it.each(['', '{', '{"a":1', '[1,]', '"a', '{"a" 1}', '\\', '}{', ']]', '{"a":1}}', 'nul'])(
    'throws a SyntaxError for %j',
    (text) => {
      expect(() => readJson(text)).toThrow(SyntaxError);
    },
  );

  it('is not led astray by what stands in texts', () => {
    const texts = { a: '{"a":1,"a":2}', 'b":{': '[[[[,,,:::', c: '\\"', d: 'a\\' };
    expect(readJson(JSON.stringify(texts))).toEqual(texts);
  });

  it('takes as many fields, values and levels as its bounds say, and not one more', () => {
    expect(Object.keys(readJson(object(JSON_BOUNDS.fields)) as object)).toHaveLength(JSON_BOUNDS.fields);
    expect(errorsOf(object(JSON_BOUNDS.fields + 1))).toEqual({ body: 'must not have more than 200 fields' });
    expect(readJson(nested(JSON_BOUNDS.depth))).toBeTruthy();
    expect(errorsOf(nested(JSON_BOUNDS.depth + 1))).toEqual({ body: 'must not be nested deeper than 32 levels' });
    expect(readJson(array(JSON_BOUNDS.values - 1))).toHaveLength(JSON_BOUNDS.values - 1);
    expect(errorsOf(array(JSON_BOUNDS.values))).toEqual({ body: 'must not have more than 20,000 values' });
  });

  it('counts the fields of each object by itself', () => {
    const objects = [1, 2, 3].map(() => object(JSON_BOUNDS.fields));
    expect(readJson(`[${objects.join(',')}]`)).toHaveLength(3);
    expect(errorsOf(`[${object(150)},{"a":${object(201)}}]`)).toHaveProperty('body');
  });
});

describe('a field that is there twice', () => {
  it.each([
    ['in the body', '{"destination":"+1","destination":"+2"}', 'destination'],
    ['with the same value', '{"a":1,"a":1}', 'a'],
    ['written with an escape', '{"a":1,"\\u0061":2}', 'a'],
    ['in an object of a list', '{"calls":[{"agentId":1},{"agentId":1,"from":2,"agentId":3}]}', 'calls[1].agentId'],
    ['in a nested object', '{"filter":{"q":"a","tags":["x"],"q":"b"}}', 'filter.q'],
    ['with space before its colon', '{"a" : 1 , "a"\n:2}', 'a'],
    ['with an empty name', '{"":1,"":2}', 'body'],
    ['behind an equal name further down', '{"a":{"a":1},"b":[{"a":1}],"b":2}', 'b'],
    ['with the name of an index', '{"1":1,"01":2,"1":3}', '1'],
  ])('is refused %s', (_where, text, field) => {
    const { code, options } = refusalOf(text);
    expect({ code, errors: options.errors }).toEqual({
      code: 'validation_failed',
      errors: { [field]: 'is there twice; send it once' },
    });
  });

  it('is not an equal name in another object', () => {
    expect(readJson('{"a":{"a":1},"b":[{"a":1},{"a":2}]}')).toEqual({ a: { a: 1 }, b: [{ a: 1 }, { a: 2 }] });
  });
});

describe('a name that reaches into prototypes', () => {
  it.each([
    '{"__proto__":{"admin":true}}',
    '{"__proto__":null}',
    '{"\\u005f_proto__":1}',
    '{"calls":[{"__proto__":{}}]}',
    '{"constructor":{"prototype":{"admin":true}}}',
  ])('is refused in %s', (text) => {
    expect(refusalOf(text).code).toBe('malformed_request');
  });

  it('is refused when it is there twice', () => {
    expect(refusalOf('{"__proto__":1,"__proto__":2}')).toBeInstanceOf(ProblemError);
  });
});

describe('text that cannot be stored', () => {
  it.each([
    ['{"name":"\\ud800"}', 'name'],
    ['{"tags":["a","\\udc00\\ud800"]}', 'tags[1]'],
    ['{"name":"a\\u0000"}', 'name'],
    ['{"\\ud800":1}', 'body'],
    ['"\\ud800"', 'body'],
  ])('is refused in %s', (text, field) => {
    expect(Object.keys(errorsOf(text) ?? {})).toEqual([field]);
  });

  it('is not a character that is written in two halves', () => {
    expect(readJson('{"name":"\\ud83d\\ude00"}')).toEqual({ name: '😀' });
  });
});

describe('readJsonParameter', () => {
  it.each([
    ['{', 'must be JSON'],
    [nested(33), 'JSON must not be nested deeper than 32 levels'],
    ['{"q":1,"q":2}', 'q: is there twice; send it once'],
    ['{"q":"\\ud800"}', 'q: must not contain half of a character (a lone surrogate)'],
    ['{"__proto__":1}', 'No field can be called __proto__. Leave it out.'],
  ])('names the parameter for %s', (text, message) => {
    const { code, options } = refusalOf(text, (given) => readJsonParameter('filter', given));
    expect({ code, errors: options.errors }).toEqual({ code: 'validation_failed', errors: { filter: message } });
  });
});
