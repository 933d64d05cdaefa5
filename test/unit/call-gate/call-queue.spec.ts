import { CallQueue } from '../../../apps/api/src/modules/call-gate/engine/call-queue.js';
import { MAX_WAIT_MS, type PendingCall } from '../../../apps/api/src/modules/call-gate/engine/pending-call.js';

describe('CallQueue', () => {
  let nowMs: number;
  let refused: string[];

  beforeEach(() => {
    nowMs = 0;
    refused = [];
  });

  function waiting(organizationId: string, destination = ''): PendingCall {
    const command = { organizationId, destination } as PendingCall['command'];
    return { command, resolve: () => {}, reject: () => {}, arrivedMs: nowMs, state: 'queued' };
  }

  const nameOf = ({ command }: PendingCall) => command.organizationId + command.destination;

  function queueOf(capacity: number, ...calls: PendingCall[]): CallQueue {
    const queue = new CallQueue(
      capacity,
      (call, cause) => refused.push(`${nameOf(call)} ${cause}`),
      () => nowMs,
    );
    for (const call of calls) queue.add(call);
    return queue;
  }

  const many = (calls: number, organizationId: string) =>
    Array.from({ length: calls }, (_, n) => waiting(organizationId, String(n + 1)));

  function drain(queue: CallQueue, most: number): string[] {
    return queue.take(most).map(nameOf);
  }

  describe('turns', () => {
    it('keeps the order of arrival within an organization', () => {
      const queue = queueOf(10, ...many(3, 'a'));
      expect(drain(queue, 2)).toEqual(['a1', 'a2']);
      expect(drain(queue, 2)).toEqual(['a3']);
      expect(queue.size).toBe(0);
    });

    it('gives an organization with one call a place in the next batch, however many calls another has waiting', () => {
      const queue = queueOf(2_000, ...many(1_000, 'busy'), waiting('quiet'));
      const batch = drain(queue, 64);
      expect(batch).toHaveLength(64);
      expect(batch).toContain('quiet');
      expect(queue.size).toBe(937);
    });

    it('serves more organizations than fit into a batch in turn', () => {
      const queue = queueOf(10);
      for (const n of ['1', '2']) for (const o of ['a', 'b', 'c']) queue.add(waiting(o, n));
      expect([drain(queue, 2), drain(queue, 2), drain(queue, 2)]).toEqual([
        ['a1', 'b1'],
        ['c1', 'a2'],
        ['b2', 'c2'],
      ]);
    });

    it('fills the batch from the others when one lane is short', () => {
      expect(drain(queueOf(10, waiting('short'), ...many(9, 'long')), 8)).toHaveLength(8);
    });
  });

  describe('room', () => {
    it('is there until as many wait as may', () => {
      const queue = queueOf(3, ...many(2, 'a'));
      expect(queue.makeRoom('a', 1)).toBe(true);
      expect(queue.makeRoom('a', 2)).toBe(false);
      expect(refused).toEqual([]);
    });

    it('is made for an organization with few calls by the newest call of the longest lane', () => {
      const queue = queueOf(6, ...many(4, 'busy'), ...many(2, 'other'));
      expect(queue.makeRoom('quiet', 1)).toBe(true);
      queue.add(waiting('quiet'));
      expect(refused).toEqual(['busy4 queue_full']);
      expect(queue.size).toBe(6);
      expect(drain(queue, 6).sort()).toEqual(['busy1', 'busy2', 'busy3', 'other1', 'other2', 'quiet']);
    });

    it('is not made when the longest lane is longer by one call only: they would take turns in refusing each other', () => {
      const queue = queueOf(3, ...many(2, 'a'), waiting('b'));
      expect(queue.makeRoom('b', 1)).toBe(false);
      expect(queue.makeRoom('a', 1)).toBe(false);
      expect(refused).toEqual([]);
    });

    it('is made for several calls of one request by whichever lane is the longest', () => {
      const queue = queueOf(12, ...many(7, 'a'), ...many(5, 'b'));
      expect(queue.makeRoom('quiet', 3)).toBe(true);
      expect(refused).toEqual(['a7 queue_full', 'a6 queue_full', 'a5 queue_full']);
      expect(queue.size).toBe(9);
    });

    it('is made for all calls of a request or for none', () => {
      const queue = queueOf(12, ...many(7, 'a'), ...many(4, 'b'));
      // One call has room and the lane of a would give two before it is as short as that of the newcomer.
      expect(queue.makeRoom('quiet', 5)).toBe(false);
      expect(refused).toEqual([]);
      expect(queue.makeRoom('quiet', 4)).toBe(true);
      expect(refused).toHaveLength(3);
    });

    it('is not made by parts of batches that failed: they were let in before', () => {
      const queue = queueOf(4);
      queue.putBack(many(2, 'a'), many(2, 'a'));
      expect(queue.makeRoom('b', 1)).toBe(false);
      expect(refused).toEqual([]);
    });
  });

  describe('the deadline', () => {
    it('passes for calls that no batch took, wherever they wait', () => {
      const queue = queueOf(10, waiting('a', '1'));
      queue.putBack([waiting('b', '1')], [waiting('c', '1')]);
      nowMs = 1;
      queue.add(waiting('a', '2'));
      nowMs = MAX_WAIT_MS;
      queue.expire();
      expect(refused).toEqual([]);
      nowMs += 1;
      queue.expire();
      expect(refused.sort()).toEqual(['a1 database', 'b1 database', 'c1 database']);
      expect(queue.size).toBe(1);
      expect(drain(queue, 10)).toEqual(['a2']);
    });

    it('is looked at before a call leaves, so that none is decided for a dialer who gave up', () => {
      const queue = queueOf(10, waiting('a', '1'), waiting('b', '1'));
      queue.putBack([waiting('c', '1')]);
      nowMs = 1;
      queue.add(waiting('a', '2'));
      nowMs = MAX_WAIT_MS + 1;
      expect(drain(queue, 10)).toEqual(['a2']);
      expect(refused.sort()).toEqual(['a1 database', 'b1 database', 'c1 database']);
      expect(queue.size).toBe(0);
    });
  });
});
