import { databaseErrorOf, isUniqueViolation, SQLSTATE } from '../../platform/database/sqlstate.js';
import { ProblemError } from '../../platform/http/problems/problem.error.js';

/** Unique indexes of agents, the field of each, and what to tell. */
const TAKEN = [
  { constraint: 'agents_name_key', field: 'name', message: 'belongs to another agent; choose another name' },
  { constraint: 'agents_user_key', field: 'userId', message: 'belongs to another agent; unlink the user there first' },
  {
    constraint: 'agents_external_id_key',
    field: 'externalId',
    message: 'belongs to another agent; choose another external id',
  },
] as const;

/** What is wrong with a field that another agent has. */
export function takenMessage(field: (typeof TAKEN)[number]['field']): string {
  return TAKEN.find((taken) => taken.field === field)!.message;
}

/** @throws ProblemError conflict when name, user or external id is taken; validation_failed for a user who is no member */
export async function tellingWhatIsTaken<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const taken = TAKEN.find(({ constraint }) => isUniqueViolation(error, constraint));
    if (taken) {
      const { field, message } = taken;
      throw new ProblemError('conflict', `${field}: ${message}.`, { errors: { [field]: message } });
    }
    // The membership ended between the check and the write.
    const facts = databaseErrorOf(error);
    if (facts?.sqlState === SQLSTATE.foreignKeyViolation && facts.constraint?.includes('user_id')) throw notMember();
    throw error;
  }
}

export function notMember(): ProblemError {
  return unlinkable('is not a member of the organization; add the user first');
}

export function unlinkable(message: string): ProblemError {
  return new ProblemError('validation_failed', `userId: ${message}.`, { errors: { userId: message } });
}
