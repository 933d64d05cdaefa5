/** The address of a list with a filter set. */
export const listLink = (resource: string, filter: Record<string, unknown>): string =>
  `/${resource}?${new URLSearchParams({
    filter: JSON.stringify(filter),
    displayedFilters: JSON.stringify(Object.fromEntries(Object.keys(filter).map((name) => [name, true]))),
  })}`;
