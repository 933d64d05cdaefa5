import type { PhoneNumberView } from '#contracts';
import { ProblemError } from '../../../platform/http/problems/problem.error.js';
import type { AnsweredPhoneNumber } from './number-lifecycle.repository.js';

/** Refusals of steps in a number's life. Each says by name what has to be done first. */

/** A number goes back to the pool, or is deleted, only when no agent uses it. @throws ProblemError */
export function requireUnused(number: PhoneNumberView): void {
  if (number.inboundAgentId !== null) throw connected(number);
  if (number.assignmentId !== null) {
    const detail = `${number.phoneNumber} is assigned. Unassign it from the agent '${number.agentName}' first.`;
    throw new ProblemError('phone_number_assigned', detail);
  }
}

export function connected(number: PhoneNumberView): ProblemError {
  const detail = `${number.phoneNumber} is connected. Disconnect it from the agent '${number.inboundAgentName}' first.`;
  return new ProblemError('phone_number_connected', detail);
}

/** For an organization that gives each agent one number. @param held null when there is none that the caller may know */
export function agentAnswers(held: AnsweredPhoneNumber | null): ProblemError {
  const answers = held ? `The agent answers ${held.phoneNumber}` : 'The agent answers another number';
  const first = held ? `Disconnect ${held.phoneNumber} from the agent '${held.agentName}'` : 'Disconnect that number';
  const detail = `${answers}, and the organization gives each agent one number. ${first} first, or choose another agent.`;
  const errors = { agentId: `answers ${held?.phoneNumber ?? 'another number'}` };
  return new ProblemError('agent_has_number', detail, { errors });
}

/** @throws ProblemError conflict for a number that was never in the pool */
export function requireFromPool(number: PhoneNumberView): void {
  if (number.fromPool) return;
  const detail = `${number.phoneNumber} is your own and did not come from the pool. Delete it instead of releasing it.`;
  throw new ProblemError('conflict', detail);
}

/** @throws ProblemError conflict for a number of the pool, which would be lost to every organization */
export function requireDeletable(number: PhoneNumberView): void {
  if (number.inPool && number.reservedUntil !== null) throw reserved(number);
  if (!number.fromPool) return;
  const detail = `${number.phoneNumber} came from the pool. Release it (POST /phone-numbers/:id/release) instead of deleting it.`;
  throw new ProblemError('conflict', detail);
}

export function isClaimable(number: PhoneNumberView): boolean {
  return number.inPool && number.lifecycle === 'active' && (number.reservedUntil === null || number.reservedByUs);
}

/** Why a number that the caller sees could not be claimed. */
export function unclaimable(number: PhoneNumberView): ProblemError {
  if (!number.inPool) {
    return new ProblemError('conflict', `${number.phoneNumber} is yours already. There is nothing to claim.`);
  }
  if (number.reservedUntil !== null && !number.reservedByUs) return reserved(number);
  if (number.lifecycle !== 'active') {
    const detail = `${number.phoneNumber} is not active in the pool. Choose another number, or ask the platform administrator to activate it first.`;
    return new ProblemError('conflict', detail);
  }
  return taken();
}

export function reserved(number: PhoneNumberView): ProblemError {
  const detail = number.reservedByUs
    ? `${number.phoneNumber} is reserved until ${number.reservedUntil}. Unreserve it first.`
    : `${number.phoneNumber} is reserved by another organization until ${number.reservedUntil}. Choose another number, or try again then.`;
  return new ProblemError('phone_number_reserved', detail);
}

/** An agent calls from a number that has voice. @throws ProblemError number_cannot_call */
export function requireVoice({ phoneNumber, canCall }: { phoneNumber: string; canCall: boolean }): void {
  if (canCall) return;
  const detail = `${phoneNumber} has no voice, so that no agent can call from it. Switch its capability voice on first, or choose another number.`;
  throw new ProblemError('number_cannot_call', detail, { errors: { phoneNumberId: 'has no voice' } });
}

export function taken(): ProblemError {
  return new ProblemError('phone_number_taken', 'Another organization has claimed the number. Choose another one.');
}

/** @throws ProblemError conflict for a number of the pool */
export function notYours(number: PhoneNumberView, step: string): ProblemError {
  return new ProblemError('conflict', `${number.phoneNumber} is in the pool. Claim it first, then ${step} it.`);
}
