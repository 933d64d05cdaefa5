import { PLATFORM_ORGANIZATION } from '../../../tenancy/tenancy.public.js';

/**
 * Moves numbers from the pool to the organization. The context has to hold both. The rows are locked in the order of
 * their ids, so that two claims of overlapping selections never wait for each other in a circle; whoever waited finds the
 * row as it is then, in somebody else's hands, and does not get it.
 *
 * What the number was in the pool is kept beside it: it goes back as it came. The provider's account stays the
 * platform's.
 *
 * $1 organization, $2 ids, $3 client or null.
 */
export const CLAIM_PHONE_NUMBERS = `
  with free as materialized (
    select n.id from phone_numbers n
    where n.organization_id = '${PLATFORM_ORGANIZATION}' and n.id = any ($2::uuid[]) and n.lifecycle = 'active'
      and (n.reserved_until is null or n.reserved_until <= (select ringfence_clock()) or n.reserved_by = $1)
    order by n.id
    for update
  )
  update phone_numbers n set
    organization_id = $1, client_id = $3, reserved_until = null, reserved_by = null,
    provider_account_id = null, trunk_id = null,
    claimed_from = jsonb_build_object(
      'label', n.label, 'region', n.region, 'tags', to_jsonb(n.tags), 'provider', n.provider,
      'monthlyCost', n.monthly_cost, 'currency', n.currency, 'capabilities', n.capabilities, 'metadata', n.metadata,
      'providerAccountId', n.provider_account_id, 'trunkId', n.trunk_id)
  from free
  where n.id = free.id
  returning n.id, n.e164 as "phoneNumber"`;

/**
 * Moves claimed numbers back to the pool, as they were there: nothing that the organization wrote on them is left for
 * others to read. The context has to hold both; the caller has locked the numbers.
 *
 * $1 organization, $2 ids.
 */
export const RELEASE_PHONE_NUMBERS = `
  update phone_numbers n set
    organization_id = '${PLATFORM_ORGANIZATION}', client_id = null, inbound_agent_id = null, lifecycle = 'active',
    reserved_until = null, reserved_by = null, webhook_url = null, webhook_status = null, previous_webhook = null,
    platform = null, platform_id = null, claimed_from = null,
    label = n.claimed_from ->> 'label', region = n.claimed_from ->> 'region',
    tags = array(select jsonb_array_elements_text(n.claimed_from -> 'tags')), provider = n.claimed_from ->> 'provider',
    monthly_cost = (n.claimed_from ->> 'monthlyCost')::numeric, currency = n.claimed_from ->> 'currency',
    capabilities = n.claimed_from -> 'capabilities', metadata = n.claimed_from -> 'metadata',
    provider_account_id = (
      select p.id from provider_accounts p
      where p.organization_id = '${PLATFORM_ORGANIZATION}' and p.id = (n.claimed_from ->> 'providerAccountId')::uuid),
    trunk_id = (
      select t.id from trunks t
      where t.organization_id = '${PLATFORM_ORGANIZATION}' and t.id = (n.claimed_from ->> 'trunkId')::uuid)
  where n.organization_id = $1 and n.id = any ($2::uuid[]) and n.claimed_from is not null
  returning n.id, n.e164 as "phoneNumber"`;

/** Whether a number that the caller cannot see was claimed from the pool. Runs as the system. $1 id */
export const WAS_CLAIMED = `
  select from phone_numbers where id = $1 and claimed_from is not null and lifecycle <> 'released'`;
