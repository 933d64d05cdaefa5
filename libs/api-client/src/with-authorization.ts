import {
  type Answer,
  ask,
  type Limits,
  limitsOf,
  messageOf,
  type Patience,
  type Refusal,
  type Silence,
} from './answers.js';
import type { Client } from './generated/client/index.js';
import { authorizeCall } from './generated/sdk.gen.js';
import type {
  AuthorizeCall,
  CallDecision,
  CallerId,
  CompleteCall,
  Destination,
  VoidCall,
} from './generated/types.gen.js';
import { settle, type Settlement, type SettlementReport } from './settle.js';

/** What a call may be dialed with. */
export interface Authorization {
  /** The number to call from, and its id at its voice platform when there is one. */
  from: CallerId;
  /** The number to call, as the gate read it. */
  destination: Destination;
  /** Names the call when it is settled; goes with it to the carrier, so that a webhook can. */
  authorizationId: string;
  /** The key that this call was decided by: the given one, or one that was made of it. */
  idempotencyKey: string;
  /** The end of the lease (ISO 8601): settle before it. */
  expiresAt: string | null;
  /** The whole answer. */
  decision: CallDecision;
}

/** What became of the call: how it ended, that it was not placed, or that a webhook will tell (`settle`). */
export type DialResult = CompleteCall | { notDialed: VoidCall['reason'] } | { settleLater: true };

/** Places the call, and resolves when it is known what to settle. */
export type Dial = (authorization: Authorization) => DialResult | Promise<DialResult>;

/** Thrown by a dialer that knows that it placed no call: the call is given back. After any other error it stays counted. */
export class NotDialedError extends Error {
  override name = 'NotDialedError';

  constructor(
    readonly reason: VoidCall['reason'] = 'not_dialed',
    options?: ErrorOptions,
  ) {
    super(`The call was not dialed: ${reason}`, options);
  }
}

export interface WithAuthorizationOptions extends Patience {
  /**
   * Names the call: the same key is the same call, counted once, in this process and in others. 1 to 255 printable ASCII
   * characters; a UUID when left out. Give one when the whole function may run again for the same call.
   */
  idempotencyKey?: string;
}

interface Undialed {
  idempotencyKey: string;
}

export type CallOutcome =
  /** The dialer placed the call. `later`: it said that it will settle. */
  | { outcome: 'dialed'; authorization: Authorization; settlement: SettlementReport | { state: 'later' } }
  /** Allowed, and the dialer said that it placed no call. */
  | {
      outcome: 'not_dialed';
      authorization: Authorization;
      reason: VoidCall['reason'];
      error?: NotDialedError;
      settlement: SettlementReport;
    }
  /** The dialer threw, so a call may have been placed: it stays counted. Settle it when you know what became of it. */
  | { outcome: 'dial_failed'; authorization: Authorization; error: unknown; message: string }
  /** The gate said no. */
  | ({ outcome: 'denied'; reasonCode: CallDecision['reasonCode']; message: string; decision: CallDecision } & Undialed)
  /** The request is wrong, or the key may not ask: nothing was decided. */
  | ({ outcome: 'refused' } & Refusal & Undialed)
  /**
   * No decision came. `giveBack` is for `settle`, for a gate that counted the call and could not tell: send it when the
   * call will not be asked about again with the same key.
   */
  | ({ outcome: 'undecided'; giveBack: Settlement } & Silence & Undialed);

type NotAllowed = Extract<CallOutcome, Undialed>;

/** A key may be asked about again under so many names. */
const MOST_KEYS = 4;
const MAX_KEY_LENGTH = 255;

/**
 * Asks the gate, calls `dial` once when the call is allowed, and settles with what it returns. Without a decision `dial` is
 * not called. Rejects only for options that are none; everything else is in the outcome.
 *
 * @throws RangeError for times that are not above zero, or an idempotency key that is none
 */
export async function withAuthorization(
  client: Client,
  call: AuthorizeCall,
  dial: Dial,
  options: WithAuthorizationOptions = {},
): Promise<CallOutcome> {
  const key = options.idempotencyKey ?? crypto.randomUUID();
  if (!isKey(key)) throw new RangeError(`idempotencyKey must be 1 to ${MAX_KEY_LENGTH} printable ASCII characters.`);
  const authorization = await authorize(client, call, key, limitsOf(options));
  if ('outcome' in authorization) return authorization;
  // A signal ends the asking, and must not keep a call that was placed from being settled.
  const patience = { ...options, signal: undefined };
  try {
    const result = options.signal?.aborted ? { notDialed: 'caller_abandoned' as const } : await dial(authorization);
    return await settleResult(client, authorization, result, patience);
  } catch (error) {
    if (!(error instanceof NotDialedError)) {
      return { outcome: 'dial_failed', authorization, error, message: messageOf(error) };
    }
    return { ...(await giveBack(client, authorization, error.reason, patience)), error };
  }
}

async function authorize(
  client: Client,
  call: AuthorizeCall,
  givenKey: string,
  limits: Limits,
): Promise<Authorization | NotAllowed> {
  for (let keys = 1; ; keys++) {
    // Made of the given key, so that another run for the same call comes to the same keys.
    const key = keys === 1 ? givenKey : `${givenKey}:${keys}`;
    const headers = { 'Idempotency-Key': key };
    const answer = await ask(
      (signal) => authorizeCall({ client, body: call, headers, signal, throwOnError: false }),
      isDecision,
      limits,
    );
    const isFinal = keys === MOST_KEYS || !isKey(`${givenKey}:${keys + 1}`);
    if (isFinal || !wasGivenBackMeanwhile(answer)) return outcomeOf(answer, key);
  }
}

/** The API gave the call back because the connection of an earlier try had ended: that try dialed nothing. */
function wasGivenBackMeanwhile(answer: Answer<CallDecision>): boolean {
  return answer.kind === 'answered' && answer.attempts > 1 && answer.data.reasonCode === 'authorization_voided';
}

function outcomeOf(answer: Answer<CallDecision>, idempotencyKey: string): Authorization | NotAllowed {
  if (answer.kind === 'refused') {
    const { status, problem, message } = answer;
    return { outcome: 'refused', status, problem, message, idempotencyKey };
  }
  if (answer.kind === 'unanswered') {
    const { message, cause } = answer;
    const giveBack: Settlement = { void: { idempotencyKey, reason: 'not_dialed' } };
    return { outcome: 'undecided', message, cause, idempotencyKey, giveBack };
  }
  const { data: decision } = answer;
  const { from, destination, authorizationId, expiresAt, reasonCode, message } = decision;
  if (decision.allowed === true && from) {
    return { from, destination, authorizationId, idempotencyKey, expiresAt, decision };
  }
  return { outcome: 'denied', reasonCode, message, decision, idempotencyKey };
}

/** A success of something in between is no decision, and one that allows must say what to dial with. */
function isDecision(data: unknown): data is CallDecision {
  if (typeof data !== 'object' || data === null) return false;
  const { allowed, from, destination, authorizationId, reasonCode } = data as Partial<CallDecision>;
  if (typeof reasonCode !== 'string' || typeof authorizationId !== 'string') return false;
  return allowed === false || (allowed === true && Boolean(from?.phoneNumber) && Boolean(destination?.phoneNumber));
}

/** @throws TypeError for what no dialer may return; the call is not settled then */
async function settleResult(
  client: Client,
  authorization: Authorization,
  result: DialResult | undefined,
  patience: Patience,
): Promise<CallOutcome> {
  const { authorizationId } = authorization;
  if (typeof result === 'object' && 'notDialed' in result) {
    return giveBack(client, authorization, result.notDialed, patience);
  }
  if (typeof result === 'object' && 'disposition' in result) {
    const { disposition, durationSeconds, sipCode, externalCallId, cost, currency } = result;
    const complete = { authorizationId, disposition, durationSeconds, sipCode, externalCallId, cost, currency };
    return { outcome: 'dialed', authorization, settlement: await settle(client, { complete }, patience) };
  }
  if (result?.settleLater === true) return { outcome: 'dialed', authorization, settlement: { state: 'later' } };
  throw new TypeError('dial must return a disposition, notDialed or settleLater: the call was not settled.');
}

async function giveBack(
  client: Client,
  authorization: Authorization,
  reason: VoidCall['reason'],
  patience: Patience,
): Promise<Extract<CallOutcome, { outcome: 'not_dialed' }>> {
  const { authorizationId } = authorization;
  const settlement = await settle(client, { void: { authorizationId, reason } }, patience);
  return { outcome: 'not_dialed', authorization, reason, settlement };
}

function isKey(key: string): boolean {
  return key.length <= MAX_KEY_LENGTH && /^[\x20-\x7e]+$/.test(key) && key.trim() === key;
}
