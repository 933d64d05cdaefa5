import { IDEMPOTENCY_RETENTION_HOURS } from '../../../../config/env.schema.js';

const { least, usual } = IDEMPOTENCY_RETENTION_HOURS;

/** What callers may rely on, for the description of the API. */
export const ABOUT_IDEMPOTENCY_KEYS =
  'A new one for every call, and the same one with the same call to retry it: the call is counted ' +
  'once, and the retry of the same caller gets the first answer; another caller with the same key is refused. When that was to dial, the retry is denied if its authorization was voided, ' +
  'completed or has expired, or if a check that is no counter forbids the call by now. ' +
  `A key holds for ${usual} hours after its call was decided, or as long as the operator says in ` +
  `IDEMPOTENCY_RETENTION_HOURS, which is ${least} hours at least. Then it may be forgotten at any moment; from then on the ` +
  'same key is a new call, which is decided and counted anew.';
