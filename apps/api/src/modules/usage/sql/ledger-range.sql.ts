/**
 * The part of an organization's ledger that can hold calls of some local dates. Ids are UUIDv7, so that the primary key
 * is also the time line, and a range of ids is read without an index of its own. `local_date` decides what belongs to a
 * date; the range only keeps the scan short. It reaches 26 hours further on both sides, for a change of zone can stretch
 * a day by as much (from UTC+14 to UTC-12).
 *
 * @param first,last expressions of type date
 * @param zone an expression for the IANA name of the zone
 */
export function ledgerRange(ledger: string, first: string, last: string, zone: string): string {
  return `${ledger}.id >= (select ${lowestId(`(${first})::timestamp at time zone ${zone} - interval '26 hours'`)})
    and ${ledger}.id < (select ${lowestId(`((${last}) + 1)::timestamp at time zone ${zone} + interval '26 hours'`)})
    and ${ledger}.local_date between ${first} and ${last}`;
}

/** The lowest UUIDv7 of an instant: 48 bits of milliseconds since 1970 (RFC 9562, section 5.7). */
function lowestId(instant: string): string {
  return `(lpad(to_hex((extract(epoch from ${instant}) * 1000)::bigint), 12, '0') || repeat('0', 20))::uuid`;
}
