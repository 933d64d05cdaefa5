import { CallQueue, type PendingCall } from '../../../apps/api/src/modules/call-gate/call-queue.js';

function waiting(organizationId: string, destination = ''): PendingCall {
  return { command: { organizationId, destination } as PendingCall['command'], resolve: () => {}, reject: () => {} };
}

function drain(queue: CallQueue, most: number): string[] {
  return queue.take(most).map((call) => call.command.organizationId + call.command.destination);
}

describe('CallQueue', () => {
  it('keeps the order of arrival within an organization', () => {
    const queue = new CallQueue();
    for (const n of ['1', '2', '3']) queue.add(waiting('a', n));
    expect(drain(queue, 2)).toEqual(['a1', 'a2']);
    expect(drain(queue, 2)).toEqual(['a3']);
    expect(queue.size).toBe(0);
  });

  it('gives an organization with one call a place in the next batch, however many calls another has waiting', () => {
    const queue = new CallQueue();
    for (let i = 0; i < 1_000; i += 1) queue.add(waiting('busy'));
    queue.add(waiting('quiet'));
    const batch = drain(queue, 64);
    expect(batch).toHaveLength(64);
    expect(batch).toContain('quiet');
    expect(queue.size).toBe(937);
  });

  it('serves more organizations than fit into a batch in turn', () => {
    const queue = new CallQueue();
    for (const n of ['1', '2']) for (const o of ['a', 'b', 'c']) queue.add(waiting(o, n));
    expect([drain(queue, 2), drain(queue, 2), drain(queue, 2)]).toEqual([
      ['a1', 'b1'],
      ['c1', 'a2'],
      ['b2', 'c2'],
    ]);
  });

  it('fills the batch from the others when one line is short', () => {
    const queue = new CallQueue();
    queue.add(waiting('short'));
    for (let i = 0; i < 9; i += 1) queue.add(waiting('long'));
    expect(drain(queue, 8)).toHaveLength(8);
  });
});
