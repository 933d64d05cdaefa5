import { PLATFORM_ORGANIZATION } from '../../../tenancy/tenancy.public.js';

/**
 * How many numbers of the pool the organization ($1) may hold; null for the platform organization. Everything that takes
 * from the pool locks this row first, so takings of one organization come one after the other. Calls are decided
 * meanwhile: the gate reads the row and locks none.
 */
export const LOCK_POOL_QUOTA = `select pool_quota as quota from organizations where id = $1 for no key update`;

export const READ_POOL_QUOTA = `select pool_quota as quota from organizations where id = $1`;

/** How many numbers of the pool the organization ($1) holds: those that it has claimed, and its reservations that hold. */
export const COUNT_HELD_OF_POOL = `
  select (
    (select count(*) from phone_numbers n
     where n.organization_id = $1 and n.claimed_from is not null and n.lifecycle <> 'released')
    + (select count(*) from phone_numbers n
       where n.organization_id = '${PLATFORM_ORGANIZATION}' and n.reserved_by = $1 and n.lifecycle <> 'released'
         and n.reserved_until > (select ringfence_clock()))
  )::integer as held`;
