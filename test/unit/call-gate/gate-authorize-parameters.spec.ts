import { gateAuthorizeParameters } from '../../../apps/api/src/modules/call-gate/engine/sql/gate-authorize.sql.js';
import type { CallCommand } from '../../../apps/api/src/modules/call-gate/policy/call-decision.js';

const ORGANIZATION = '01a1fd86-3801-7a8e-ad65-8ce3c2cc7de6';

const call = (fields: Partial<CallCommand>): CallCommand => ({
  organizationId: ORGANIZATION,
  agentId: ORGANIZATION,
  agentExternalId: null,
  assignmentId: null,
  from: null,
  destination: '+14165550123',
  destinationCountry: 'CA',
  destinationType: 'MOBILE',
  destinationRefusal: null,
  authorizedBy: ORGANIZATION,
  idempotencyKey: null,
  fingerprint: null,
  ...fields,
});

const parametersOf = (...calls: Partial<CallCommand>[]) => gateAuthorizeParameters(calls.map(call), 60, 48, false);

describe('gateAuthorizeParameters', () => {
  it('leaves out what no call has', () => {
    const [, , assignments, froms, , , , refusals, , keys, fingerprints] = parametersOf({}, {});
    expect([assignments, froms, refusals, keys, fingerprints]).toEqual([null, null, null, null, null]);
  });

  it('keeps every value in the place of its call', () => {
    const [organizations, , assignments, froms] = parametersOf(
      { from: '+12025550123' },
      { assignmentId: ORGANIZATION },
    );
    expect(organizations).toBe(`{${ORGANIZATION},${ORGANIZATION}}`);
    expect(assignments).toBe(`{NULL,${ORGANIZATION}}`);
    expect(froms).toBe('{+12025550123,NULL}');
  });

  it.each([
    ['+14165550123', '{+14165550123}'],
    ['null', '{"null"}'],
    ['a,b', '{"a,b"}'],
    ['{}', '{"{}"}'],
    ['"; drop table agents; --', '{"\\"; drop table agents; --"}'],
    ['\\', '{"\\\\"}'],
    ['+1\n2', '{"+1\n2"}'],
    ['+1\n', '{"+1\n"}'],
    [' ', '{" "}'],
  ])('writes the destination %j as one element', (destination, expected) => {
    expect(parametersOf({ destination })[4]).toBe(expected);
  });

  it('writes an external id as one element', () => {
    expect(parametersOf({}, {})[14]).toBeNull();
    expect(parametersOf({}, { agentExternalId: 'NULL' }, { agentExternalId: 'a,"b"\\' })[14]).toBe(
      '{NULL,"NULL","a,\\"b\\"\\\\"}',
    );
  });

  it('writes keys and fingerprints as PostgreSQL reads them', () => {
    const parameters = parametersOf({ idempotencyKey: 'a "key"\\', fingerprint: Buffer.from([0, 255]) });
    expect(parameters.slice(9, 11)).toEqual(['{"a \\"key\\"\\\\"}', '{"\\\\x00ff"}']);
  });
});
