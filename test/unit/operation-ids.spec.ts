import { readFileSync } from 'node:fs';

interface Described {
  paths: Record<string, Record<string, { operationId: string }>>;
}

const { paths } = JSON.parse(readFileSync('openapi.json', 'utf8')) as Described;
const ids = Object.values(paths).flatMap((path) => Object.values(path).map(({ operationId }) => operationId));

describe('operation ids, which name the functions of generated clients', () => {
  it('are each there once', () => {
    expect(ids.length).toBeGreaterThan(80);
    expect(ids.filter((id, at) => ids.indexOf(id) !== at)).toEqual([]);
  });

  it('are camelCase, a verb first', () => {
    expect(ids.filter((id) => !/^[a-z]+([A-Z][a-z]+)*$/.test(id))).toEqual([]);
    const bare = ids.filter((id) => !/[A-Z]/.test(id));
    expect(bare).toEqual([]);
  });

  it.each([
    ['post', '/api/v1/call-gate/authorize', 'authorizeCall'],
    ['get', '/api/v1/phone-numbers', 'listPhoneNumbers'],
    ['get', '/api/v1/phone-numbers/{id}', 'getPhoneNumber'],
    ['delete', '/api/v1/phone-numbers/{id}', 'deletePhoneNumber'],
    ['post', '/api/v1/phone-numbers/{id}/unassign', 'unassignPhoneNumber'],
  ])('name %s %s by what it does: %s', (method, path, id) => {
    expect(paths[path]![method]!.operationId).toBe(id);
  });
});
