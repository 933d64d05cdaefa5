import { hashPassword, verifyPassword } from '../../../apps/api/src/modules/auth/passwords.js';

describe('passwords', () => {
  it('are hashed with argon2id and the parameters of OWASP', async () => {
    expect(await hashPassword('correct horse battery')).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
  });

  it('are told apart', async () => {
    const stored = await hashPassword('correct horse battery');
    expect(await verifyPassword('correct horse battery', stored)).toBe(true);
    expect(await verifyPassword('correct horse batteri', stored)).toBe(false);
  });

  it('take the same work when no account has the e-mail', async () => {
    const stored = await hashPassword('correct horse battery');
    await verifyPassword('warm', null);
    const timeOf = async (passwordHash: string | null) => {
      const before = process.cpuUsage();
      for (let index = 0; index < 5; index += 1) await verifyPassword('wrong', passwordHash);
      const { user, system } = process.cpuUsage(before);
      return user + system;
    };
    const ratio = (await timeOf(null)) / (await timeOf(stored));
    expect(ratio).toBeGreaterThan(0.4);
    expect(ratio).toBeLessThan(2.5);
  });

  it('never match without a stored hash', async () => {
    expect(await verifyPassword('nobody has this password', null)).toBe(false);
  });
});
