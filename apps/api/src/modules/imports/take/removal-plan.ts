import type { ImportErrorCode, ImportOperation, PhoneNumberView } from '#contracts';
import { ProblemError } from '../../../platform/http/problems/problem.error.js';
import { NumberSteps } from '../../phone-numbers/phone-numbers.public.js';

export type Removal = Exclude<ImportOperation, 'register'>;

/** Why a number of a file is neither deleted nor unassigned. */
export interface RemovalRefusal {
  code: ImportErrorCode;
  message: string;
  /** It is what the file wants it to be: nothing has to be mended. */
  isSkipped: boolean;
}

/** The refusals of one number that have a code of their own; the others are told apart by the number. */
const CODES: Partial<Record<string, ImportErrorCode>> = {
  phone_number_assigned: 'phone_number_assigned',
  phone_number_connected: 'phone_number_connected',
  phone_number_reserved: 'phone_number_reserved',
};

/**
 * What stands in the way, in the words of the operation on one number; null when nothing does.
 *
 * @param number null when it is not among those that the organization sees: the same words for a number of another one
 * @param ownsPool whether the pool is the organization's own
 */
export function refusalOfRemoval(
  operation: Removal,
  number: PhoneNumberView | null,
  ownsPool: boolean,
): RemovalRefusal | null {
  if (number === null) {
    const message = 'There is no such phone number among yours. It may have been deleted. Take the row out.';
    return { code: 'number_unknown', message, isSkipped: false };
  }
  if (number.inPool && !ownsPool) {
    const { detail } = NumberSteps.notYours(number, operation);
    return { code: 'number_in_pool', message: detail, isSkipped: false };
  }
  if (operation === 'unassign') {
    if (number.assignmentId !== null) return null;
    const message = `${number.phoneNumber} is not assigned to an agent. Nothing to unassign.`;
    return { code: 'number_not_assigned', message, isSkipped: true };
  }
  try {
    NumberSteps.requireUnused(number);
    NumberSteps.requireDeletable(number);
    return null;
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    return { code: CODES[error.code] ?? 'number_from_pool', message: error.detail, isSkipped: false };
  }
}
