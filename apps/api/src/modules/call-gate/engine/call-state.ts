/**
 * Where a call is between its arrival and its answer:
 *
 * - `arrived`: it has no room yet.
 * - `queued`: it waits for the next batch, in the lane of its organization.
 * - `sent`: it is with the database, as part of one statement.
 * - `parked`: another transaction holds a row that it needs; it waits in a lane of contended calls.
 * - `unwanted`: it is with the database, and its client has hung up.
 * - `answered`: its client has the decision, or a 503. Nothing happens to it any more.
 * - `abandoned`: its client has hung up, and no decision is on its way. Nothing happens to it any more.
 */
export const callStates = ['arrived', 'queued', 'sent', 'parked', 'unwanted', 'answered', 'abandoned'] as const;
export type CallState = (typeof callStates)[number];

/**
 * What happens to a call:
 *
 * - `queue`: there is room for it, its batch was rolled back and is tried in halves, or its lane is gone.
 * - `park`: a row that it needs is held.
 * - `send`: it leaves for the database.
 * - `retry`: its batch was rolled back because of a held row and leaves again at once, passing over held rows.
 * - `decide`: its decision is committed.
 * - `refuse`: it cannot be decided: no room, too late, or the database failed.
 * - `client_gone`: the connection that it came by is closed.
 */
export const callEvents = ['queue', 'park', 'send', 'retry', 'decide', 'refuse', 'client_gone'] as const;
export type CallEvent = (typeof callEvents)[number];

/**
 * What the engine has to do about it: add the call to the queue or to its lane, make it part of the statement that leaves,
 * answer the decision or a 503, take the call out of where it waits, or give a decision back that no client will read.
 */
export type CallEffect = 'enqueue' | 'park' | 'send' | 'answer' | 'reject' | 'remove' | 'give_back' | 'none';

export interface CallTransition {
  readonly state: CallState;
  readonly effect: CallEffect;
}

const to = (state: CallState, effect: CallEffect): CallTransition => ({ state, effect });

/** What is not in the table is a fault of the engine, such as an answer to a call that was answered before. */
const TRANSITIONS: Readonly<Record<CallState, Partial<Record<CallEvent, CallTransition>>>> = {
  arrived: {
    queue: to('queued', 'enqueue'),
    park: to('parked', 'park'),
    refuse: to('answered', 'reject'),
  },
  queued: {
    send: to('sent', 'send'),
    refuse: to('answered', 'reject'),
    client_gone: to('abandoned', 'remove'),
  },
  sent: {
    queue: to('queued', 'enqueue'),
    park: to('parked', 'park'),
    retry: to('sent', 'send'),
    decide: to('answered', 'answer'),
    refuse: to('answered', 'reject'),
    client_gone: to('unwanted', 'none'),
  },
  parked: {
    queue: to('queued', 'enqueue'),
    send: to('sent', 'send'),
    refuse: to('answered', 'reject'),
    client_gone: to('abandoned', 'remove'),
  },
  // What was rolled back is not asked for again.
  unwanted: {
    queue: to('abandoned', 'none'),
    park: to('abandoned', 'none'),
    retry: to('abandoned', 'none'),
    decide: to('abandoned', 'give_back'),
    refuse: to('abandoned', 'none'),
    client_gone: to('unwanted', 'none'),
  },
  // Every connection closes in the end.
  answered: { client_gone: to('answered', 'none') },
  abandoned: { client_gone: to('abandoned', 'none') },
};

/**
 * The state that follows, and what is to be done. Pure: no clock, no timer, no input or output.
 *
 * @throws Error when the event cannot happen in this state
 */
export function transition(state: CallState, event: CallEvent): CallTransition {
  const next = TRANSITIONS[state][event];
  if (next === undefined) throw new Error(`The event "${event}" cannot happen to a call that is ${state}`);
  return next;
}
