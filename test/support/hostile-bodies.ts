/** Bodies that are JSON, or begin like it, and cost a careless reader more than their length, each of about that many bytes. */
export const hostileBodies: Record<string, (bytes: number) => string> = {
  'an object with thousands of fields': (bytes) => objectOf(bytes, (index) => `"f${index}":1`),
  'an object with fields that an engine takes for indexes': (bytes) => objectOf(bytes, (index) => `"${index}":1`),
  'one field again and again': (bytes) => objectOf(bytes, () => `"email":1`),
  'one field, written with escapes, again and again': (bytes) => objectOf(bytes, () => `"\\u0065mail":1`),
  'long field names': (bytes) =>
    `{"${'k'.repeat(bytes / 4)}":1,"${'l'.repeat(bytes / 4)}":{"${'m'.repeat(bytes / 4)}":2}}`,
  'a long text': (bytes) => `{"email":"${'x'.repeat(bytes - 40)}","password":"x"}`,
  'a text that is nearly an address': (bytes) => `{"email":"${'a.'.repeat((bytes - 60) / 2)}@${'b-.'.repeat(10)}"}`,
  'a text of escapes': (bytes) => `{"email":"${'\\u0041'.repeat((bytes - 20) / 6)}"}`,
  'a text of lone surrogates': (bytes) => `{"email":"${'\\ud800'.repeat((bytes - 20) / 6)}"}`,
  'a long number': (bytes) => `{"dailyLimit":${'1'.repeat(bytes - 20)}}`,
  'arrays in arrays': (bytes) => '['.repeat(bytes / 2) + ']'.repeat(bytes / 2),
  'objects in objects': (bytes) => `${'{"a":'.repeat(bytes / 6)}1${'}'.repeat(bytes / 6)}`,
  'arrays that never end': (bytes) => '['.repeat(bytes),
  'an array of numbers': (bytes) => `{"ids":[${'0,'.repeat((bytes - 20) / 2)}0]}`,
  'an array of empty objects': (bytes) => `{"calls":[${'{},'.repeat((bytes - 20) / 3)}{}]}`,
  'arrays of ids where ids belong': (bytes) => {
    const ids = Array.from({ length: (bytes - 200) / 160 }, (_, index) => uuid(index));
    return JSON.stringify({ operation: 'distribute', role: 'admin', ids, clientIds: ids, agentIds: ids, tags: ids });
  },
  'as many fields as one object may have, in each of many': (bytes) =>
    `{"calls":[${Array.from({ length: bytes / 1_600 }, () => objectOf(1_500, (index) => `"f${index}":1`)).join(',')}]}`,
  'white space': (bytes) => `{${' '.repeat(bytes - 20)}"nothing":1}`,
  'quotes and backslashes': (bytes) => `{"${'\\\\\\"'.repeat((bytes - 4) / 4)}`,
};

function objectOf(bytes: number, field: (index: number) => string): string {
  const fields: string[] = [];
  let length = 2;
  for (let index = 0; ; index += 1) {
    const next = field(index);
    length += next.length + 1;
    if (length > bytes) return `{${fields.join(',')}}`;
    fields.push(next);
  }
}

function uuid(index: number): string {
  return `00000000-0000-4000-8000-${index.toString(16).padStart(12, '0')}`;
}
