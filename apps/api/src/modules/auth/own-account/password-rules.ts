import { PASSWORD_LENGTH } from '#contracts';
import { charactersOf } from '../../../platform/http/fields/characters-between.js';
import { invalidField } from '../../../platform/http/problems/invalid-field.js';

/**
 * What a password that a person chooses has to be.
 *
 * @param field where a refusal is told
 * @throws ProblemError validation_failed when it is too short, too long, the e-mail, or what stands before its @
 */
export function requireGoodPassword(field: string, password: string, email: string): void {
  const { min, max } = PASSWORD_LENGTH;
  const length = charactersOf(password);
  if (length < min || length > max) throw invalidField(field, `must have ${min} to ${max} characters`);
  const typed = password.toLowerCase();
  const known = email.toLowerCase();
  if (typed === known || typed === known.split('@')[0]) {
    throw invalidField(field, 'must not be the e-mail; choose something that others do not know');
  }
}
