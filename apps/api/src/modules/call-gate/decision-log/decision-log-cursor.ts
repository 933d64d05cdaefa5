import { createHash } from 'node:crypto';
import { ProblemError } from '../../../platform/http/problems/problem.error.js';
import type { DecisionFilter } from './decision-log-filter.js';

const ID_BYTES = 16;
const HASH_BYTES = 8;

/** Where the next page begins: below this id, and only for the same filter. Only the API reads what is in it. */
export function cursorAfter(id: string, filter: DecisionFilter): string {
  return Buffer.concat([Buffer.from(id.replaceAll('-', ''), 'hex'), hashOf(filter)]).toString('base64url');
}

/**
 * The id at which the page before ended.
 *
 * @throws ProblemError validation_failed when it is no cursor, or one of another filter
 */
export function idOfCursor(cursor: string, filter: DecisionFilter): string {
  const bytes = Buffer.from(cursor, 'base64url');
  if (bytes.length !== ID_BYTES + HASH_BYTES || bytes.toString('base64url') !== cursor) {
    throw invalid('is not a cursor. Send the nextCursor of the page before as it is, or none for the newest calls');
  }
  if (!bytes.subarray(ID_BYTES).equals(hashOf(filter))) {
    throw invalid(
      'belongs to another filter. Send the filter of the page before, or leave the cursor out to start anew',
    );
  }
  const hex = bytes.toString('hex', 0, ID_BYTES);
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

function hashOf(filter: DecisionFilter): Buffer {
  const { agentId, phoneNumberId, destination, decision, reasonCode, status, from, to } = filter;
  const text = JSON.stringify([agentId, phoneNumberId, destination, decision, reasonCode, status, from, to]);
  return createHash('sha256').update(text).digest().subarray(0, HASH_BYTES);
}

function invalid(message: string): ProblemError {
  return new ProblemError('validation_failed', `cursor: ${message}`, { errors: { cursor: message } });
}
