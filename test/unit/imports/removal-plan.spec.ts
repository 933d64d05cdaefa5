import type { PhoneNumberView } from '#contracts';
import { refusalOfRemoval } from '../../../apps/api/src/modules/imports/take/removal-plan.js';

const FREE = {
  id: '01a00000-0000-7000-8000-000000000001',
  phoneNumber: '+12025550123',
  inPool: false,
  fromPool: false,
  assignmentId: null,
  agentName: null,
  inboundAgentId: null,
  inboundAgentName: null,
  reservedUntil: null,
  reservedByUs: false,
} as unknown as PhoneNumberView;
const ASSIGNED = { ...FREE, assignmentId: 'a', agentName: 'Ada' };

describe('what stands in the way of a removal', () => {
  it.each([
    ['delete', null, false, 'number_unknown'],
    ['unassign', null, false, 'number_unknown'],
    ['delete', FREE, false, undefined],
    ['unassign', ASSIGNED, false, undefined],
    ['delete', ASSIGNED, false, 'phone_number_assigned'],
    ['delete', { ...FREE, inboundAgentId: 'b', inboundAgentName: 'Bo' }, false, 'phone_number_connected'],
    ['delete', { ...FREE, fromPool: true }, false, 'number_from_pool'],
    ['delete', { ...FREE, inPool: true }, false, 'number_in_pool'],
    ['unassign', { ...FREE, inPool: true }, false, 'number_in_pool'],
    ['delete', { ...FREE, inPool: true }, true, undefined],
    ['delete', { ...FREE, inPool: true, reservedUntil: '2026-12-01' }, true, 'phone_number_reserved'],
    ['unassign', FREE, false, 'number_not_assigned'],
  ] as const)('%s, number %#', (operation, number, ownsPool, code) => {
    expect(refusalOfRemoval(operation, number as PhoneNumberView | null, ownsPool)?.code).toBe(code);
  });

  it('says what to do first, and lets alone only what needs nothing', () => {
    expect(refusalOfRemoval('delete', ASSIGNED as PhoneNumberView, false)).toEqual({
      code: 'phone_number_assigned',
      message: "+12025550123 is assigned. Unassign it from the agent 'Ada' first.",
      isSkipped: false,
    });
    expect(refusalOfRemoval('unassign', FREE, false)?.isSkipped).toBe(true);
  });
});
