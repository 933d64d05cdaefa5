import { ProblemError } from './problem.error.js';

/**
 * Lets a client send back the whole record that it was answered: a fixed field may be sent when it is what it was.
 *
 * @throws ProblemError validation_failed naming every fixed field that was to change
 */
export function refuseReadOnlyChanges<View extends object>(
  current: View,
  sent: object,
  fields: readonly (keyof View & string)[],
): void {
  const given = sent as Record<string, unknown>;
  const changed = fields.filter((field) => given[field] !== undefined && given[field] !== current[field]);
  if (changed.length === 0) return;
  const errors = Object.fromEntries(changed.map((field) => [field, 'cannot be changed']));
  throw new ProblemError('validation_failed', `${changed.join(', ')}: cannot be changed`, { errors });
}
