import { judgeDatabaseSafety } from '../../../apps/api/src/platform/health/database-safety.js';

const SAFE = {
  fsync: 'on',
  full_page_writes: 'on',
  synchronous_commit: 'on',
  is_standby: false,
  is_read_only: false,
  session_role: 'app',
  is_superuser: false,
  bypassing_roles: [],
  unfenced_roles: [],
  owned_tables: [],
  open_tables: [],
};

describe('the judgement of a database', () => {
  it('has nothing to say about a safe one', () => {
    expect(judgeDatabaseSafety(SAFE, 'app', 'serving')).toEqual({ complaint: null, warning: null });
  });

  it.each(['local', 'remote_write'])('warns of synchronous_commit = %s, which this server survives', (value) => {
    const verdict = judgeDatabaseSafety({ ...SAFE, synchronous_commit: value }, 'app', 'serving');
    expect(verdict.complaint).toBeNull();
    expect(verdict.warning).toContain(value);
  });

  it('takes remote_apply as it is', () => {
    const verdict = judgeDatabaseSafety({ ...SAFE, synchronous_commit: 'remote_apply' }, 'app', 'serving');
    expect(verdict).toEqual({ complaint: null, warning: null });
  });

  it('refuses a session that a pooler opened without its role, but not one that only asks', () => {
    const asOwner = { ...SAFE, session_role: 'owner' };
    expect(judgeDatabaseSafety(asOwner, 'app', 'serving').complaint).toContain('runs as owner and not as app');
    expect(judgeDatabaseSafety(asOwner, 'app', 'asking').complaint).toBeNull();
  });

  it('says that the role is missing', () => {
    const verdict = judgeDatabaseSafety({ ...SAFE, is_superuser: null }, 'app', 'asking');
    expect(verdict.complaint).toContain('the role app is missing');
  });
});
