/** One process at a time works on the days of the ledger. Held until the transaction ends. */
export const CLAIM_LEDGER = `select pg_try_advisory_xact_lock(hashtext('ringfence.ledger_days')) as claimed`;

/** Days that lack their partition, as text; $1 days ahead. */
export const DUE_DAYS = `select day::text as day from due_ledger_days($1) day`;

/** Makes a day ($1). `moved` is null when it was not made; $2 bounds how many rows are moved there while the gate waits. */
export const MAKE_DAY = `select make_ledger_day($1::date, $2) as moved`;

/** Days that ended $1 days ago or earlier, the oldest first. */
export const OLD_DAYS = `
  select day::text as day from ledger_days()
  where day < (clock_timestamp() at time zone 'UTC')::date - $1::integer
  order by ledger_days.day`;

/** What the function answers is told in its comment. */
export const DROP_DAY = `select result, calls::float8 as calls from drop_ledger_day($1::date)`;

export interface DroppedDay {
  result: 'dropped' | 'missing' | 'too_young' | 'unsettled' | 'not_rolled_up' | 'busy';
  /** How many went with it. */
  calls: number;
}

export const LEDGER_STATE = `
  select days_ahead as "daysAhead", oldest_day::text as "oldestDay", unplaced from ledger_state()`;

export interface LedgerState {
  /** How many days after today have their partition, without a gap. */
  daysAhead: number;
  /** The oldest day (YYYY-MM-DD, UTC) that is kept; null when there is none. */
  oldestDay: string | null;
  /** Rows without a day of their own, 100,000 at most. */
  unplaced: number;
}
