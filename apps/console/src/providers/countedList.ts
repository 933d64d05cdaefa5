import type { fetchUtils, GetListParams, GetListResult, RaRecord } from 'react-admin';

/** What a list says about a total that was not counted to its end. */
export interface ListMeta {
  /** There are more records than this. */
  moreThan: number;
}

/**
 * A page of a list. Where the API has stopped counting (X-Total-Exact: false), its total is a bound and no total: the list
 * then has pages as long as they are full, and says "more than".
 */
export async function countedList<T extends RaRecord>(
  httpClient: typeof fetchUtils.fetchJson,
  url: string,
  { pagination = { page: 1, perPage: 25 }, sort, filter = {} }: GetListParams,
): Promise<GetListResult<T>> {
  const { page, perPage } = pagination;
  const offset = (page - 1) * perPage;
  const query = new URLSearchParams({
    range: JSON.stringify([offset, offset + perPage - 1]),
    filter: JSON.stringify(filter),
    ...(sort && { sort: JSON.stringify([sort.field, sort.order]) }),
  });
  const { json, headers } = await httpClient(`${url}?${query}`);
  const data = json as T[];
  const total = Number(headers.get('x-total-count'));
  if (headers.get('x-total-exact') !== 'false') return { data, total };
  const hasNextPage = data.length === perPage;
  const meta: ListMeta = { moreThan: total };
  return { data, pageInfo: { hasNextPage, hasPreviousPage: page > 1 }, meta };
}
