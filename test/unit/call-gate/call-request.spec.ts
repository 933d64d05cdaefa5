import { parseCallRequest, parseIdempotencyKey } from '../../../apps/api/src/modules/call-gate/policy/call-request.js';

const agentId = '0192d5f4-0000-7000-8000-000000000001';

describe('parseCallRequest', () => {
  it('reads agent, number to call from and destination', () => {
    const parsed = parseCallRequest({ agentId, from: '+12025550123', destination: '+14165550123' });
    expect(parsed).toEqual({
      ok: true,
      value: { agentId, agentExternalId: null, assignmentId: null, from: '+12025550123', destination: '+14165550123' },
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
    ['an empty destination', { agentId, destination: '' }],
    ['a destination that is a number', { agentId, destination: 14165550123 }],
    ['an own property named __proto__', JSON.parse(`{"agentId":"${agentId}","destination":"1","__proto__":1}`)],
  ])('refuses %s', (_, body) => {
    expect(parseCallRequest(body).ok).toBe(false);
  });
});

describe('the number to call from', () => {
  const read = (from: unknown) => parseCallRequest({ agentId, from, destination: '+14165550123' });
  const LONDON = '+442079460958';

  it.each([
    LONDON,
    '+44 20 7946 0958',
    '+44-20-7946-0958',
    '+44 (20) 7946.0958',
    'tel:+44-20-7946-0958',
    'TEL:+442079460958;npdi',
    'tel:7946-0958;phone-context=+44-20',
    '＋４４ ２０ ７９４６ ０９５８',
    '\u200e+442079460958',
    '\t+44\u00a020 7946 0958 ',
  ])('%j is read by its digits', (from) => {
    expect(read(from)).toMatchObject({ ok: true, value: { from: LONDON } });
  });

  it.each([
    ['+44 (0)20 7946 0958', 'Write +442079460958'],
    ['+4402079460958 ', 'or write +442079460958'],
    ['442079460958', 'Write +442079460958'],
    ['020 7946 0958', 'has no + and country code'],
    ['00442079460958', 'has no + and country code'],
    ['+44 20 7946 0958 ext. 7', 'extension'],
    ['tel:+442079460958;ext=7', 'extension'],
    ['tel:0958;phone-context=example.com', 'phone-context'],
    ['sip:+442079460958@example.com', 'SIP address'],
    ['+44 20 7946 0958/59', 'two phone numbers'],
    ['4.42079460958E+11', 'spreadsheet'],
    ['+44 20 7946 09', 'There is no such phone number'],
    ['anonymous', 'letters'],
    ['', 'missing'],
    ['+44 20 7946 0958\0', 'characters'],
    [`+44 20 7946 0958${' '.repeat(64)}`, 'too long'],
    [442079460958, 'must be text'],
    [['+442079460958'], 'must be text'],
  ])('%j is refused, with what to do', (from, message) => {
    const parsed = read(from);
    expect(parsed.ok ? null : parsed.errors).toEqual({ from: expect.stringContaining(message) });
  });

  it('takes E.164 by its form alone, as the gate then has no such number', () => {
    expect(read('+999999999999')).toMatchObject({ ok: true, value: { from: '+999999999999' } });
  });
});

describe('the external id of the agent', () => {
  const read = (caller: object) => parseCallRequest({ ...caller, destination: '+14165550123' });

  it('stands in the place of the id, without the spaces around it', () => {
    const value = { agentId: null, agentExternalId: 'crm 4711', assignmentId: null };
    expect(read({ agentExternalId: ' crm 4711\n' })).toMatchObject({ ok: true, value });
    expect(read({ agentExternalId: 'x', agentId: null, assignmentId: agentId })).toMatchObject({ ok: true });
  });

  it('has as many characters as one that is stored', () => {
    expect(read({ agentExternalId: '😀'.repeat(200) }).ok).toBe(true);
    expect(read({ agentExternalId: '😀'.repeat(201) }).ok).toBe(false);
  });

  it.each<[string, object, string, string]>([
    ['beside agentId', { agentExternalId: 'x', agentId }, 'agentExternalId', 'must not stand beside agentId'],
    ['that is empty', { agentExternalId: ' ' }, 'agentExternalId', 'must have 1 to 200 characters'],
    ['with NUL', { agentExternalId: 'x\0y' }, 'agentExternalId', 'no control characters'],
    ['with half a character', { agentExternalId: '\ud800' }, 'agentExternalId', 'could not be decoded'],
    ['that is a number', { agentExternalId: 4711 }, 'agentExternalId', 'must be text'],
    ['that is a list', { agentExternalId: ['x'] }, 'agentExternalId', 'must be text'],
    ['that is null', { agentExternalId: null }, 'agentId', 'agentId, agentExternalId or assignmentId is required'],
  ])('is refused %s', (_, caller, field, message) => {
    const parsed = read(caller);
    expect(parsed.ok ? null : parsed.errors).toEqual({ [field]: expect.stringContaining(message) });
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
