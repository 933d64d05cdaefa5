/**
 * Locks the organization's number ($2), so that nobody assigns, releases or deletes it meanwhile. It comes before the
 * locks of assignments everywhere. NO KEY UPDATE, because that is what a change of the row takes, and because the foreign
 * keys of other assignments need not wait for it. A number of the pool cannot be locked: only its own organization may
 * write it.
 */
export const LOCK_OWN_NUMBER = `
  select id, e164 as "phoneNumber"
  from phone_numbers
  where organization_id = $1 and id = $2 and lifecycle <> 'released'
  for no key update`;

/** Whether the number ($1) is in the pool, where every organization sees it. */
export const IS_IN_POOL = `
  select from phone_numbers
  where organization_id = '00000000-0000-7000-8000-000000000001' and id = $1 and lifecycle <> 'released'`;
