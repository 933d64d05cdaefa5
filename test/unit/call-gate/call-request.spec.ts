import { parseCallRequest, parseIdempotencyKey } from '../../../apps/api/src/modules/call-gate/policy/call-request.js';

const agentId = '0192d5f4-0000-7000-8000-000000000001';

describe('parseCallRequest', () => {
  it('reads agent, number to call from and destination', () => {
    const parsed = parseCallRequest({ agentId, from: '+12025550123', destination: '+14165550123' });
    expect(parsed).toEqual({
      ok: true,
      value: { agentId, assignmentId: null, from: '+12025550123', destination: '+14165550123' },
    });
  });

  it('takes null for a field that is left out', () => {
    expect(parseCallRequest({ agentId, assignmentId: null, from: null, destination: '1' }).ok).toBe(true);
  });

  it.each([
    ['null', null],
    ['a string', 'x'],
    ['an array', []],
    ['no caller', { destination: '+14165550123' }],
    ['an agent that is no UUID', { agentId: `${agentId}0`, destination: '+14165550123' }],
    ['a number to call from with spaces', { agentId, from: '+1 202 555 0123', destination: '+14165550123' }],
    ['an empty destination', { agentId, destination: '' }],
    ['a destination that is a number', { agentId, destination: 14165550123 }],
    ['an own property named __proto__', JSON.parse(`{"agentId":"${agentId}","destination":"1","__proto__":1}`)],
  ])('refuses %s', (_, body) => {
    expect(parseCallRequest(body).ok).toBe(false);
  });
});

describe('parseIdempotencyKey', () => {
  it('reads a bare key and a quoted one as the same', () => {
    expect(parseIdempotencyKey('abc')).toEqual({ ok: true, value: 'abc' });
    expect(parseIdempotencyKey('"abc"')).toEqual({ ok: true, value: 'abc' });
    expect(parseIdempotencyKey(undefined)).toEqual({ ok: true, value: null });
    expect(parseIdempotencyKey('"a, b"')).toEqual({ ok: true, value: 'a, b' });
  });

  it.each([[''], ['""'], ['x'.repeat(256)], ['a\tb'], ['é'], [['a', 'b']], ['a, b'], ['"a", "b"']])(
    'refuses %j',
    (header) => {
      expect(parseIdempotencyKey(header).ok).toBe(false);
    },
  );
});
