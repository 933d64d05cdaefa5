import type { ListQuery } from '../../../platform/http/lists/list-query.js';
import { STATUS_SQL } from '../inventory/sql/phone-number-views.sql.js';
import type { PhoneNumberFacets, PhoneNumberScope } from './phone-number-conditions.js';
import type { PlacedOrder } from './phone-number-places.js';

interface Order {
  /** The values of a facet in rising order. Each is a part of the list whose length the counters know. */
  parts?: PhoneNumberFacets[];
  /** What a part, or the whole list, is ordered by before the id; nothing when the part has one value only. */
  columns(part: PhoneNumberFacets): string[];
  isNullable(part: PhoneNumberFacets): boolean;
  join(part: PhoneNumberFacets): string;
  /**
   * The one column of the order, when it tells two numbers apart. By it lists of single countries and clients are merged
   * to the list of several, and a page is cut from an index alone.
   */
  key?: string;
  /** By what counters tell where a row of the part stands, when nothing is filtered. */
  placed?(part: PhoneNumberFacets): PlacedOrder | null;
}

const isWhole = (part: PhoneNumberFacets): boolean => Object.keys(part).length === 0;
const column = (name: string): Order => ({ columns: () => [name], isNullable: () => false, join: () => '' });

/** A column where some have no value: those come last, as a part of their own. */
const optional = (name: string, withValue: PhoneNumberFacets, without: PhoneNumberFacets): Order => ({
  parts: [withValue, without],
  columns: (part) => (part === without ? [] : [name]),
  isNullable: isWhole,
  join: () => '',
});

/** A column of a few values, each a part by itself. */
const valued = (name: string, parts: PhoneNumberFacets[]): Order => ({
  parts,
  columns: (part) => (isWhole(part) ? [name] : []),
  isNullable: () => false,
  join: () => '',
});

/** That nobody calls who is deleted leads to the index of names, and by it from one agent's numbers to the next one's. */
const AGENT = `join agents g on g.organization_id = n.organization_id and g.id = n.assigned_agent_id
  and g.deleted_at is null`;

/** Ids are UUIDv7, so the id is the order in which numbers were added. */
const BY_AGE: Order = { ...column('n.id'), columns: () => [], key: 'n.id', placed: () => 'id' };

/** What lists of numbers are sorted by. */
export const SORTABLE: Record<string, Order> = {
  id: BY_AGE,
  createdAt: BY_AGE,
  phoneNumber: { ...column('n.e164'), key: 'n.e164', placed: () => 'number' },
  provider: column('n.provider'),
  countryCode: optional('n.country_code', { inCountry: true }, { inCountry: false }),
  label: optional('lower(n.label)', { labelled: true }, { labelled: false }),
  lifecycle: valued('n.lifecycle', [{ lifecycle: 'active' }, { lifecycle: 'error' }, { lifecycle: 'inactive' }]),
  status: valued(STATUS_SQL, [{ connected: false }, { connected: true }]),
  agentName: {
    ...optional('lower(g.name)', { assigned: true }, { assigned: false }),
    join: (part) => (isWhole(part) ? `left ${AGENT}` : part.assigned ? AGENT : ''),
    placed: (part) => (part.assigned ? 'agent' : null),
  },
};

/** The parts of a list in the order in which they are shown. Numbers without a value are last in both directions. */
export function phoneNumberParts(
  { field, direction }: ListQuery['sort'],
  scope: PhoneNumberScope,
): PhoneNumberFacets[] {
  const parts = SORTABLE[field]?.parts;
  if (parts === undefined || (field === 'status' && scope !== 'own')) return [{}];
  const isByValue = field === 'status' || field === 'lifecycle';
  return isByValue && direction === 'desc' ? [...parts].reverse() : parts;
}
