/**
 * The part of an organization's ledger that can hold calls of some local dates. Ids are UUIDv7, so that the primary key
 * is also the time line, and a range of ids is read without an index of its own. `local_date` decides what belongs to a
 * date; the range keeps the scan short, and leaves out the days of the ledger that it does not touch. It is made of dates
 * alone, so that the planner knows it: a date begins 14 hours before that of UTC at the earliest and ends 12 hours after
 * it, and a change of zone can stretch a day by 26 hours (from UTC+14 to UTC-12).
 *
 * @param first,last expressions of type date
 */
export function ledgerRange(ledger: string, first: string, last: string): string {
  return `${ledger}.id >= lowest_id_of(((${first})::timestamp - interval '40 hours') at time zone 'UTC')
    and ${ledger}.id < lowest_id_of((((${last}) + 1)::timestamp + interval '38 hours') at time zone 'UTC')
    and ${ledger}.local_date between ${first} and ${last}`;
}
