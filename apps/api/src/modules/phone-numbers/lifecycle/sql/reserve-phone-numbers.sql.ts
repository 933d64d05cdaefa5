import { PLATFORM_ORGANIZATION } from '../../../tenancy/tenancy.public.js';

/**
 * Reserves a number of the pool for the organization ($1), or prolongs its own reservation. One that has expired counts
 * for nothing. The context has to hold the platform organization. $2 id, $3 minutes.
 */
export const RESERVE_PHONE_NUMBER = `
  update phone_numbers n
  set reserved_by = $1, reserved_until = (select ringfence_clock()) + make_interval(mins => $3)
  where n.organization_id = '${PLATFORM_ORGANIZATION}' and n.id = $2 and n.lifecycle <> 'released'
    and (n.reserved_until is null or n.reserved_until <= (select ringfence_clock()) or n.reserved_by = $1)
  returning n.reserved_until as "reservedUntil"`;

/** Ends a reservation that holds: the own one, or any of them for the platform organization. $1 organization, $2 id. */
export const UNRESERVE_PHONE_NUMBER = `
  update phone_numbers n set reserved_by = null, reserved_until = null
  where n.organization_id = '${PLATFORM_ORGANIZATION}' and n.id = $2 and n.lifecycle <> 'released'
    and n.reserved_until > (select ringfence_clock()) and ($1::uuid = '${PLATFORM_ORGANIZATION}' or n.reserved_by = $1::uuid)
  returning n.id`;
