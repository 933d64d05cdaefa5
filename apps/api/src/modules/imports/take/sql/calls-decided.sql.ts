/**
 * How many decisions the days of the ledger have taken, by all processes together: a figure of the statistics, which costs
 * no look at the tables and is about a second old.
 */
export const CALLS_DECIDED = `
  select sum(pg_stat_get_tuples_inserted(i.inhrelid)) as decided
  from pg_inherits i where i.inhparent = 'call_authorizations'::regclass`;
