/**
 * Registers numbers, many at a time, in three statements of one transaction.
 *
 * Whether a number is taken is told by the unique index alone, for it reaches across organizations and row-level
 * security hides the others' rows. So every number is inserted first, in the order of the numbers: two uploads of the
 * same file then wait for each other instead of locking each other out.
 *
 * $1 organization, $2 numbers as JSON. One JSON parameter instead of an array for each column, because an array of
 * tags for each row cannot be unnested.
 */
const ROWS = `
  jsonb_to_recordset($2::jsonb) as r(
    e164 text, "countryCode" text, "numberType" text, region text, label text, provider text, tags text[],
    "monthlyCost" numeric, currency text, capabilities jsonb, source text, "clientId" uuid)`;

export const INSERT_PHONE_NUMBERS = `
  insert into phone_numbers
    (organization_id, e164, country_code, number_type, region, label, provider, tags, monthly_cost, currency,
     capabilities, source, client_id)
  select $1, r.e164, r."countryCode", r."numberType", r.region, r.label, r.provider, coalesce(r.tags, '{}'),
    r."monthlyCost", r.currency, '{"voice": true, "sms": false}'::jsonb || coalesce(r.capabilities, '{}'), r.source, r."clientId"
  from ${ROWS}
  order by r.e164
  on conflict (e164) where lifecycle <> 'released' do nothing
  returning id, e164`;

/**
 * Numbers that the organization deleted before. They come back as the same rows, so that the counters of their
 * assignments are found again: deleting and adding a number must not refresh an allowance.
 * $1 organization, $2 numbers.
 */
export const LOCK_RELEASED = `
  select distinct on (e164) id, e164 from (
    select id, e164, updated_at from phone_numbers
    where organization_id = $1 and lifecycle = 'released' and e164 = any ($2::text[])
    order by e164, updated_at desc
    for no key update
  ) released
  order by e164, updated_at desc`;

/** Makes room for the revived rows. The place in the unique index stays ours until the transaction ends. $1 ids */
export const DELETE_INSERTED = `delete from phone_numbers where id = any ($1::uuid[])`;

/** $3 ids of released numbers. */
export const REVIVE_PHONE_NUMBERS = `
  update phone_numbers n set
    lifecycle = 'active', country_code = r."countryCode", number_type = r."numberType", region = r.region,
    label = r.label, provider = r.provider, tags = coalesce(r.tags, '{}'), monthly_cost = r."monthlyCost",
    currency = r.currency, source = r.source, reserved_until = null, inbound_agent_id = null, client_id = r."clientId",
    capabilities = '{"voice": true, "sms": false}'::jsonb || coalesce(r.capabilities, '{}')
  from ${ROWS}
  where n.organization_id = $1 and n.id = any ($3::uuid[]) and n.e164 = r.e164`;

/** Which of the numbers that were not inserted are the organization's own or the pool's. $1 organization, $2 numbers */
export const FIND_TAKEN = `
  select id, e164, organization_id = $1 as own from phone_numbers
  where e164 = any ($2::text[]) and lifecycle <> 'released'`;

/** Changes own numbers that differ from the row: the provider, and the label where the row has one. */
export const UPDATE_PHONE_NUMBERS = `
  update phone_numbers n set provider = r.provider, label = coalesce(r.label, n.label)
  from ${ROWS}
  where n.organization_id = $1 and n.e164 = r.e164 and n.lifecycle <> 'released'
    and (n.provider, n.label) is distinct from (r.provider, coalesce(r.label, n.label))
  returning n.e164`;
