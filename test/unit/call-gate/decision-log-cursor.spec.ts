import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { cursorAfter, idOfCursor } from '../../../apps/api/src/modules/call-gate/decision-log/decision-log-cursor.js';
import type { DecisionFilter } from '../../../apps/api/src/modules/call-gate/decision-log/decision-log-filter.js';

const ALL: DecisionFilter = {
  agentId: null,
  phoneNumberId: null,
  destination: null,
  decision: null,
  reasonCode: null,
  status: null,
  from: null,
  to: null,
};
const ID = '0195e7a4-9c00-7abc-8def-0123456789ab';

describe('the cursor of the decision log', () => {
  it('gives back the id that it was made from', () => {
    fc.assert(fc.property(fc.uuid(), (id) => expect(idOfCursor(cursorAfter(id, ALL), ALL)).toBe(id)));
  });

  it('is the same for the same filter, wherever its objects come from', () => {
    const at = '2031-03-30T00:00:00.000Z';
    const cursor = cursorAfter(ID, { ...ALL, destination: '+1416*', from: new Date(at) });
    expect(idOfCursor(cursor, { ...ALL, from: new Date(at), destination: '+1416*' })).toBe(ID);
  });

  it('needs no escaping in a query', () => {
    fc.assert(fc.property(fc.uuid(), (id) => expect(cursorAfter(id, ALL)).toMatch(/^[\w-]{32}$/)));
  });

  it.each<[keyof DecisionFilter, DecisionFilter]>([
    ['agentId', { ...ALL, agentId: randomUUID() }],
    ['phoneNumberId', { ...ALL, phoneNumberId: randomUUID() }],
    ['destination', { ...ALL, destination: '+14165550123' }],
    ['decision', { ...ALL, decision: 'denied' }],
    ['reasonCode', { ...ALL, reasonCode: 'daily_limit_reached' }],
    ['status', { ...ALL, status: 'voided' }],
    ['from', { ...ALL, from: new Date(1) }],
    ['to', { ...ALL, to: new Date(1) }],
  ])('is refused beside another %s, in both directions', (_field, other) => {
    const refusal = expect.objectContaining({
      code: 'validation_failed',
      detail: expect.stringContaining('another filter'),
    });
    expect(() => idOfCursor(cursorAfter(ID, ALL), other)).toThrow(refusal);
    expect(() => idOfCursor(cursorAfter(ID, other), ALL)).toThrow(refusal);
  });

  it('tells apart the same value in another field', () => {
    const same = randomUUID();
    const cursor = cursorAfter(ID, { ...ALL, agentId: same });
    expect(() => idOfCursor(cursor, { ...ALL, phoneNumberId: same })).toThrow('another filter');
  });

  const cursor = cursorAfter(ID, ALL);
  it.each([
    ['nothing', ''],
    ['an id', ID],
    ['one character less', cursor.slice(1)],
    ['one character more', `${cursor}A`],
    ['padding', `${cursor}==`],
    ['a line break', `${cursor}\n`],
    ['another alphabet', `${cursor.slice(0, -1)}+`],
    ['text', 'the next page'],
  ])('is refused when it is %s', (_what, wrong) => {
    expect(() => idOfCursor(wrong, ALL)).toThrow(
      expect.objectContaining({
        code: 'validation_failed',
        options: { errors: { cursor: expect.stringContaining('is not a cursor') } },
      }),
    );
  });
});
