/** How long it waits for an assignment that another transaction holds; it is tried again later. */
export const WAIT_BRIEFLY = `set local lock_timeout = '250ms'`;

/** Voids a call ($2) that was asked for with the key $3, at most $4 seconds after the decision. */
export const GIVE_BACK_AUTHORIZATION = `
  select give_back_authorization($1, $2, $3, make_interval(secs => $4)) as result`;

export type GiveBackAnswer =
  'voided' | 'repeated' | 'retried' | 'settled_otherwise' | 'denied' | 'expired' | 'too_late' | null;
