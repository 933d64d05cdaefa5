/**
 * Registers numbers, a set of them with each statement. What the set is, a list or a table of the caller's, is the one
 * thing that differs.
 *
 * Whether a number is taken is told by the unique index alone, for it reaches across organizations and row-level
 * security hides the others' rows. So every number is inserted first, in the order of the numbers: two uploads of the
 * same file then wait for each other instead of locking each other out.
 *
 * $1 is the organization everywhere.
 */
export interface NumberRows {
  /** A from-item `r` with a column for each thing that is known of a number. @param place of its parameter, if it has one */
  from: (place: string) => string;
  /** Which rows of `r` nothing is said about yet. */
  open: string;
  /** A from-item `i (e164)`: the numbers that were inserted. @param place of its parameter, if it has one */
  inserted: (place: string) => string;
  /** What is done with `done (id, e164, outcome)`: handed out, or written into the rows. */
  keep: string;
}

/** Rows as one JSON parameter, not an array for each column: an array of tags for each row cannot be unnested. */
export const LISTED: NumberRows = {
  from: (place) => `
    jsonb_to_recordset(${place}::jsonb) as r(
      e164 text, country_code text, number_type text, region text, label text, provider text, client_id uuid,
      tags text[], monthly_cost numeric, currency text, voice boolean, sms boolean)`,
  open: 'true',
  inserted: (place) => `unnest(${place}::text[]) as i(e164)`,
  keep: 'select id, e164, outcome from done',
};

/** Rows in a table, whose columns number_id and outcome say what became of each. */
export const staged = (table: string): NumberRows => ({
  from: () => `${table} r`,
  open: 'r.outcome is null',
  inserted: () => `(select e164 from ${table} where outcome = 'created') i`,
  keep: `update ${table} r set number_id = done.id, outcome = done.outcome from done where r.e164 = done.e164`,
});

/** A cost without a currency is in the organization's. */
const currencyOr = (current: string): string => `coalesce(r.currency, ${current}, case when r.monthly_cost is not null
    then (select o.currency from organizations o where o.id = $1) end)`;

const CAPABILITIES = `jsonb_build_object('voice', coalesce(r.voice, true), 'sms', coalesce(r.sms, false))`;

/** $2 where they come from: manual or upload. $3 the list. */
const insertNumbers = ({ from, open, keep }: NumberRows): string => `
  with done as (
    insert into phone_numbers
      (organization_id, e164, country_code, number_type, region, label, provider, client_id, tags, monthly_cost,
       currency, capabilities, source)
    select $1, r.e164, r.country_code, r.number_type, r.region, r.label, r.provider, r.client_id,
      coalesce(r.tags, '{}'), r.monthly_cost, ${currencyOr('null')}, ${CAPABILITIES}, $2
    from ${from('$3')}
    where ${open}
    order by r.e164
    on conflict (e164) where lifecycle <> 'released' do nothing
    returning id, e164, 'created' as outcome
  ) ${keep}`;

/**
 * Which of the inserted numbers the organization deleted before. They come back as the same rows, so that the counters of
 * their assignments are found again: deleting and adding a number must not refresh an allowance. $2 the inserted numbers
 * of a list.
 */
const findReleased = ({ inserted }: NumberRows): string => `
  select n.id, n.e164
  from ${inserted('$2')}
  cross join lateral (
    select n.id, n.e164 from phone_numbers n
    where n.organization_id = $1 and n.lifecycle = 'released' and n.e164 = i.e164
    order by n.updated_at desc limit 1
    for no key update
  ) n`;

/** Makes room for the revived rows. The place in the unique index stays taken until the transaction ends. $2 numbers */
export const DELETE_INSERTED = `
  delete from phone_numbers where organization_id = $1 and lifecycle <> 'released' and e164 = any ($2::text[])`;

/** $2 where they come from, $3 ids of released numbers, $4 the list. */
const reviveNumbers = ({ from, keep }: NumberRows): string => `
  with done as (
    update phone_numbers n set
      lifecycle = 'active', country_code = r.country_code, number_type = r.number_type, region = r.region,
      label = r.label, provider = r.provider, client_id = r.client_id, tags = coalesce(r.tags, '{}'),
      monthly_cost = r.monthly_cost, currency = ${currencyOr('null')}, capabilities = ${CAPABILITIES}, source = $2,
      reserved_until = null, reserved_by = null, inbound_agent_id = null
    from ${from('$4')}
    where n.organization_id = $1 and n.id = any ($3::uuid[]) and n.e164 = r.e164
    returning n.id, n.e164, 'revived' as outcome
  ) ${keep}`;

/**
 * Which of the others are the organization's own, or the pool's. A subselect of one row is always an index look-up. $2 the
 * list.
 */
const findTaken = ({ from, open, keep }: NumberRows): string => `
  with done as (
    select n.id, r.e164, n.outcome
    from ${from('$2')}
    cross join lateral (
      select n.id, case when n.organization_id = $1 then 'own' else 'in_pool' end as outcome
      from phone_numbers n where n.e164 = r.e164 and n.lifecycle <> 'released' limit 1
    ) n
    where ${open}
  ) ${keep}`;

export const registrationSql = (rows: NumberRows) => ({
  insert: insertNumbers(rows),
  findReleased: findReleased(rows),
  revive: reviveNumbers(rows),
  findTaken: findTaken(rows),
});

/** Which numbers of a table would be inserted. They get no id. */
export const rehearseInsert = (table: string): string => `
  update ${table} r set outcome = 'created'
  where r.outcome is null and r.e164 not in (
    select taken_numbers(array(select e164 from ${table} where outcome is null)))`;

/** Which of these would come back as the rows that they were. */
export const rehearseRevival = (table: string): string => `
  update ${table} r set outcome = 'revived'
  where r.outcome = 'created' and (
    select count(*) > 0 from phone_numbers n
    where n.organization_id = $1 and n.lifecycle = 'released' and n.e164 = r.e164)`;

/** Locks the own numbers of a table in the order of the numbers. */
export const lockOwn = (table: string): string => `
  select count(*) from (
    select from phone_numbers n where n.organization_id = $1
      and n.id in (select number_id from ${table} where outcome = 'own')
    order by n.e164 for no key update) locked`;

const FIELDS = 'provider, label, region, client_id, tags, monthly_cost, currency, capabilities';
/** What an own number becomes: where the row says nothing, what it was. */
const MERGED = `r.provider, coalesce(r.label, n.label), coalesce(r.region, n.region), coalesce(r.client_id, n.client_id),
    coalesce(r.tags, n.tags), coalesce(r.monthly_cost, n.monthly_cost), ${currencyOr('n.currency')},
    n.capabilities || jsonb_strip_nulls(jsonb_build_object('voice', r.voice, 'sms', r.sms))`;

/** Own numbers of a table that differ from their row. */
export const findDiffering = (table: string): string => `
  select n.id from ${table} r
  join phone_numbers n on n.organization_id = $1 and n.id = r.number_id
  where r.outcome = 'own' and n.lifecycle <> 'released'
    and (n.${FIELDS.replaceAll(', ', ', n.')}) is distinct from (${MERGED})`;

/** Own numbers of rows with one of some outcomes that are what their row says. $2 the outcomes */
export const findSame = (table: string): string => `
  select n.e164 from ${table} r
  join phone_numbers n on n.organization_id = $1 and n.e164 = r.e164 and n.lifecycle <> 'released'
  where r.outcome = any ($2::text[])
    and (n.${FIELDS.replaceAll(', ', ', n.')}) is not distinct from (${MERGED})`;

/** $2 their ids. */
export const updateDiffering = (table: string): string => `
  with done as (
    update phone_numbers n set (${FIELDS}) = row(${MERGED})
    from ${table} r
    where n.organization_id = $1 and n.id = any ($2::uuid[]) and r.number_id = n.id
    returning n.id, n.e164, 'updated' as outcome
  ) ${staged(table).keep}`;

export const restIsUnchanged = (table: string): string =>
  `update ${table} set outcome = 'unchanged' where outcome = 'own'`;
