import type { TestDatabase } from './database.js';

/** A reason that no catalogue of this process has: the database is already that of a newer release. */
export const UNKNOWN_REASON = 'reason_of_tomorrow';
/** A number of Jamaica, which is refused for it. */
export const REFUSED_FOR_IT = '+18765550123';

/** Gives the gate of this database a check for calls to Jamaica, ahead of all checks of the assignment. */
export async function refuseForAnUnknownReason(db: TestDatabase): Promise<void> {
  const [row] = await db.query(`select pg_get_functiondef('gate_checks'::regproc) as sql`);
  const real = row!['sql'] as string;
  const passage = 'call.refusal as destination';
  if (real.split(passage).length !== 2) throw new Error(`gate_checks() has "${passage}" not once`);
  await db.query(
    real.replace(
      passage,
      `coalesce(call.refusal, case when call.country = 'JM' then '${UNKNOWN_REASON}' end) as destination`,
    ),
  );
}
