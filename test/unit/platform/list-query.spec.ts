import { parseListQuery } from '../../../apps/api/src/platform/http/lists/list-query.js';
import { ProblemError } from '../../../apps/api/src/platform/http/problems/problem.error.js';

const rules = {
  sortable: ['name', 'createdAt'],
  filterable: ['q', 'status'],
  defaultSort: { field: 'name', direction: 'asc' as const },
};

const parse = (query: Record<string, unknown>) => parseListQuery(query, rules);

function fieldsRefused(query: Record<string, unknown>): string[] {
  try {
    parse(query);
    return [];
  } catch (error) {
    if (error instanceof ProblemError) return Object.keys(error.options.errors ?? {});
    throw error;
  }
}

describe('parseListQuery', () => {
  it('answers the first page in the default order when nothing is asked', () => {
    expect(parse({})).toEqual({ filter: {}, offset: 0, limit: 25, sort: rules.defaultSort });
  });

  it('reads the dialect of ra-data-simple-rest', () => {
    expect(parse({ filter: '{"status":"active"}', range: '[50,74]', sort: '["createdAt","DESC"]' })).toEqual({
      filter: { status: 'active' },
      offset: 50,
      limit: 25,
      sort: { field: 'createdAt', direction: 'desc' },
    });
  });

  it('answers all the records that are asked for by id', () => {
    const ids = Array.from({ length: 40 }, () => '0192f3a4-7c1e-7b52-9c1d-123456789012');
    expect(parse({ filter: JSON.stringify({ id: ids }), range: '[0,9]' })).toMatchObject({ offset: 0, limit: 40 });
  });

  it.each([
    [{ page: '2' }, 'page'],
    [{ filter: '{' }, 'filter'],
    [{ filter: '[]' }, 'filter'],
    [{ filter: ['{}', '{}'] }, 'filter'],
    [{ filter: '{"secret":1}' }, 'filter.secret'],
    [{ filter: '{"id":["1"]}' }, 'filter.id'],
    [{ range: '[5,1]' }, 'range'],
    [{ range: '[-1,1]' }, 'range'],
    [{ range: '[0,1000]' }, 'range'],
    [{ range: '[0,1e99]' }, 'range'],
    [{ range: '{}' }, 'range'],
    [{ sort: '["password","ASC"]' }, 'sort'],
    [{ sort: '["name","UP"]' }, 'sort'],
    [{ sort: '"name"' }, 'sort'],
  ])('refuses %j and names %s', (query, field) => {
    expect(fieldsRefused(query)).toEqual([field]);
  });
});
