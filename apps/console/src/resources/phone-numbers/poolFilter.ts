type Filter = Record<string, unknown>;

/** What the pool offers: all of it but what others have reserved. */
export const OFFERED = { inPool: true, status: 'available' };

/** The filters that the user has set, besides which of the two lists it is. */
export function chosenFilters({ inPool, ...chosen }: Filter): Filter {
  const { status, ...others } = chosen;
  return inPool && status === OFFERED.status ? others : chosen;
}

/** The same filters on the other list, as far as it knows them: numbers of the pool have other statuses. */
export function withoutStatus(filter: Filter): Filter {
  const { inPool: _list, status: _status, ...others } = filter;
  return others;
}
