import { gateComplaint, judgeDatabaseSafety } from '../../../apps/api/src/platform/health/database-safety.js';

const SAFE = {
  fsync: 'on',
  full_page_writes: 'on',
  synchronous_commit: 'on',
  is_standby: false,
  is_read_only: false,
};

describe('the judgement of a server', () => {
  it('has nothing to say about a safe one', () => {
    expect(judgeDatabaseSafety(SAFE)).toEqual({ complaints: [], warning: null });
    expect(gateComplaint([])).toBeNull();
  });

  it.each(['local', 'remote_write'])('warns of synchronous_commit = %s, which this server survives', (value) => {
    const verdict = judgeDatabaseSafety({ ...SAFE, synchronous_commit: value });
    expect(verdict.complaints).toEqual([]);
    expect(verdict.warning).toContain(value);
  });

  it('takes remote_apply as it is', () => {
    const verdict = judgeDatabaseSafety({ ...SAFE, synchronous_commit: 'remote_apply' });
    expect(verdict).toEqual({ complaints: [], warning: null });
  });

  it('puts everything that is wrong into one message', () => {
    const { complaints } = judgeDatabaseSafety({ ...SAFE, fsync: 'off', is_standby: true });
    expect(gateComplaint(complaints)).toMatch(/^The call gate cannot be served: fsync is off, .* standby/);
  });
});
