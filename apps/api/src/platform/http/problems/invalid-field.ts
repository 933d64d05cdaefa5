import { ProblemError } from './problem.error.js';

/** The refusal of one field. @param message what is wrong with it and what to do, beginning without the name of the field */
export function invalidField(field: string, message: string): ProblemError {
  return new ProblemError('validation_failed', `${field}: ${message}`, { errors: { [field]: message } });
}
