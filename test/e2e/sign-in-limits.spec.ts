import { setImmediate as nextTurn } from 'node:timers/promises';
import { getDataSourceToken } from '@nestjs/typeorm';
import type { DataSource, Logger } from 'typeorm';
import { hashPassword } from '../../apps/api/src/modules/auth/auth.public.js';
import { SYSTEM_POOL } from '../../apps/api/src/platform/database/database.js';
import { Jobs } from '../../apps/api/src/platform/jobs/jobs.js';
import { type RunningApi, startApi } from '../support/api.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { eventually } from '../support/eventually.js';
import { createOrganization, createUser, PASSWORD } from '../support/fixtures.js';
import { request } from '../support/http.js';

describe('guessing passwords, with two processes', () => {
  let db: TestDatabase;
  let here: RunningApi;
  let there: RunningApi;
  let organizationId: string;

  beforeAll(async () => {
    db = await createTestDatabase();
    // The tests say from which address they come.
    const start = () => startApi({ databaseUrl: db.url, env: { TRUST_PROXY: '1' } });
    [here, there] = await Promise.all([start(), start()]);
    organizationId = await createOrganization(db);
  });

  afterAll(async () => {
    await Promise.all([here?.close(), there?.close()]);
    await db?.drop();
  });

  const signIn = (email: string, password: string, address: string, api = here) =>
    request(`${api.url}/api/v1/auth/login`, { body: { email, password }, headers: { 'x-forwarded-for': address } });
  const account = async (email: string) => {
    await createUser(db, { organizationId, role: 'manager', email });
    return email;
  };
  /** The statuses of wrong guesses, one after the other. */
  const guess = async (times: number, emailOf: (index: number) => string, addressOf: (index: number) => string) => {
    const statuses: number[] = [];
    for (let index = 0; index < times; index += 1) {
      const api = index % 2 === 0 ? here : there;
      statuses.push((await signIn(emailOf(index), `guess ${index}`, addressOf(index), api)).status);
    }
    return statuses;
  };
  const times = (count: number, status: number) => Array.from({ length: count }, () => status);
  const points = async (kind: string) => {
    const rows = await db.query(`select points from sign_in_counters where key like $1 || ':%'`, [kind]);
    return rows.map((row) => row['points'] as number);
  };

  it('refuses the eleventh failed attempt of a pair, the right password included, and says when to come back', async () => {
    const email = await account('pair@guess.test');
    expect(
      await guess(
        10,
        () => email,
        () => '192.0.2.1',
      ),
    ).toEqual(times(10, 401));
    for (const api of [here, there]) {
      const { status, body, headers } = await signIn(email, PASSWORD, '192.0.2.1', api);
      expect([status, body.code]).toEqual([429, 'too_many_requests']);
      expect(Number(headers.get('retry-after'))).toBeGreaterThan(800);
      expect(body.detail).toMatch(/with this e-mail.*Try again in \d+ seconds/);
    }
    expect((await signIn(email, PASSWORD, '192.0.2.2')).status).toBe(200);
  });

  it('admits no more than the allowance of a hundred guesses at once', async () => {
    const email = await account('burst@guess.test');
    const answers = await Promise.all(
      Array.from({ length: 100 }, (_, index) =>
        signIn(email, `guess ${index}`, '192.0.2.3', index % 2 === 0 ? here : there),
      ),
    );
    const statuses = answers.map(({ status }) => status).sort();
    expect(statuses).toEqual([...times(10, 401), ...times(90, 429)]);
  });

  it('knows an account by its id and an unknown e-mail as the database compares it, however they are spelled', async () => {
    const [row] = await db.query(`select lower('İ') = 'i' as dotted`);
    const spellings = (name: string) => [
      `${name}@guess.test`,
      ` ${name.toUpperCase()}@Guess.test `,
      row!['dotted'] ? `${name.replace('i', 'İ')}@guess.test` : `${name}@GUESS.test`,
    ];
    await account('silvia@guess.test');
    for (const [name, address] of [
      ['silvia', '192.0.2.4'],
      ['silvio', '192.0.2.5'],
    ] as const) {
      const spelled = spellings(name);
      const statuses = await guess(
        12,
        (index) => spelled[index % 3]!,
        () => address,
      );
      expect(statuses).toEqual([...times(10, 401), 429, 429]);
    }
  });

  it('refuses the fifty-first failed attempt from one address, whatever the e-mail: an IPv6 address is its /64', async () => {
    const statuses = await guess(
      52,
      (index) => `spray-${index}@guess.test`,
      (index) => `2001:db8:0:1::${index.toString(16)}`,
    );
    expect(statuses).toEqual([...times(50, 401), 429, 429]);
    const { body } = await signIn('spray@guess.test', 'x', '2001:db8:0:1:ffff::1');
    expect(body.detail).toMatch(/from your address\. Try again in \d+ seconds/);
    expect((await signIn('spray@guess.test', 'x', '2001:db8:0:2::1')).status).toBe(401);
  });

  it('counts an IPv4 address as one, also where it is written as IPv6', async () => {
    const statuses = await guess(
      12,
      () => 'mapped@guess.test',
      (index) => (index % 2 === 0 ? '192.0.2.6' : '::ffff:192.0.2.6'),
    );
    expect(statuses).toEqual([...times(10, 401), 429, 429]);
  });

  describe('an account that is guessed at from many addresses', () => {
    const victim = 'victim@guess.test';
    const stranger = (index: number) => `198.51.100.${index}`;

    beforeAll(async () => {
      await account(victim);
      expect((await signIn(victim, PASSWORD, '203.0.113.1')).status).toBe(200);
    });

    it('has pauses that grow between further attempts, exactly as an unknown e-mail has', async () => {
      for (const email of [victim, 'nobody@guess.test']) {
        expect(
          await guess(
            20,
            () => email,
            (index) => stranger(index),
          ),
        ).toEqual(times(20, 401));
        for (const seconds of [2, 4, 8]) {
          const earliest = Date.now();
          expect((await signIn(email, 'guess', stranger(100 + seconds))).status).toBe(401);
          const [pause] = await db.query(
            `update sign_in_counters set expire = expire + 600000 where key like 'pause:%' returning expire - 600000 as ends`,
          );
          expect(Number(pause!['ends'])).toBeGreaterThanOrEqual(earliest + 1_000 * seconds);
          expect(Number(pause!['ends'])).toBeLessThanOrEqual(Date.now() + 1_000 * seconds);
          const { status, body, headers } = await signIn(email, PASSWORD, stranger(200 + seconds));
          expect([status, body.code]).toEqual([429, 'too_many_requests']);
          expect(Number(headers.get('retry-after'))).toBeGreaterThan(590);
          expect(body.detail).toMatch(/from which you signed in before need not wait\. Try again in \d+ seconds/);
          await endPauses();
        }
      }
    });

    it('admits one attempt in a pause, also of many at once', async () => {
      await endPauses();
      const answers = await Promise.all(
        Array.from({ length: 30 }, (_, index) => signIn(victim, 'guess', `198.51.101.${index}`)),
      );
      expect(answers.map(({ status }) => status).sort()).toEqual([401, ...times(29, 429)]);
    });

    it('keeps a way in for the address that it was signed in to from', async () => {
      await db.query(`update sign_in_counters set expire = expire + 600000 where key like 'pause:%'`);
      expect((await signIn(victim, PASSWORD, stranger(250))).status).toBe(429);
      expect((await signIn(victim, PASSWORD, '203.0.113.1')).status).toBe(200);
    });

    it('keeps that way in while others guess from the same address, and still limits it', async () => {
      const statuses = await guess(
        50,
        (index) => `neighbour-${index}@guess.test`,
        () => '203.0.113.1',
      );
      expect(statuses).toEqual(times(50, 401));
      expect((await signIn('other@guess.test', 'x', '203.0.113.1')).status).toBe(429);
      expect((await signIn(victim, PASSWORD, '203.0.113.1')).status).toBe(200);
      const own = await guess(
        11,
        () => victim,
        () => '203.0.113.1',
      );
      expect(own).toEqual([...times(10, 401), 429]);
    });

    it('never shuts out a session that is open', async () => {
      const email = await account('open@guess.test');
      const opened = await signIn(email, PASSWORD, '203.0.113.7');
      await guess(
        11,
        () => email,
        () => '203.0.113.7',
      );
      expect((await signIn(email, PASSWORD, '203.0.113.7')).status).toBe(429);
      const headers = {
        'x-forwarded-for': '203.0.113.7',
        'x-requested-with': 'fetch',
        cookie: opened.headers.get('set-cookie')!.split(';')[0]!,
      };
      const token = opened.body.accessToken as string;
      expect((await request(`${here.url}/api/v1/auth/me`, { token, headers })).status).toBe(200);
      expect((await request(`${here.url}/api/v1/auth/refresh`, { method: 'POST', headers })).status).toBe(200);
    });

    /** As if the pause were over. */
    const endPauses = () => db.query(`delete from sign_in_counters where key like 'pause:%'`);
  });

  it('takes an attempt back when it succeeds, and counts none that could not be tried', async () => {
    await db.query('delete from sign_in_counters');
    const email = await account('back@guess.test');
    for (let index = 0; index < 12; index += 1) {
      expect((await signIn(email, PASSWORD, '192.0.2.9')).status).toBe(200);
    }
    expect([await points('address'), await points('pair'), await points('account')]).toEqual([[0], [], [0]]);
    await db.query(`update users set password_hash = 'broken' where email = $1`, [email]);
    expect((await signIn(email, PASSWORD, '192.0.2.9')).status).toBe(500);
    expect([await points('address'), await points('pair'), await points('account')]).toEqual([[0], [0], [0]]);
  });

  it('starts over when the time is over', async () => {
    await guess(
      10,
      () => 'later@guess.test',
      () => '192.0.2.10',
    );
    await db.query('update sign_in_counters set expire = 0');
    expect((await signIn('later@guess.test', 'x', '192.0.2.10')).status).toBe(401);
    expect(await db.query(`select points from sign_in_counters where expire > 0`)).toHaveLength(3);
  });

  it('says so at once when too many passwords are compared, and counts no attempt', async () => {
    const email = await account('crowd@guess.test');
    await db.query('delete from sign_in_counters');
    let crowded = true;
    const crowd = Array.from({ length: 40 }, async () => {
      while (crowded) {
        await hashPassword('x').catch(() => nextTurn());
      }
    });
    const { status, body, headers } = await signIn(email, PASSWORD, '192.0.2.11');
    crowded = false;
    await Promise.all(crowd);
    expect([status, body.code, headers.get('retry-after')]).toEqual([503, 'service_unavailable', '1']);
    expect([await points('address'), await points('pair'), await points('account')]).toEqual([[0], [0], [0]]);
    expect((await signIn(email, PASSWORD, '192.0.2.11')).status).toBe(200);
  });

  it('does the same work for every refusal: known, unknown and disabled take the same statements', async () => {
    const known = await account('known@guess.test');
    const disabled = await account('disabled@guess.test');
    await db.query('update users set disabled_at = now() where email = $1', [disabled]);
    await createUser(db, { organizationId: null, role: 'agent', email: 'member-of-none@guess.test' });
    // What runs in the background uses the same pool.
    await here.app.get(Jobs, { strict: false }).beforeApplicationShutdown();
    const worked: Record<string, string[]> = {};
    for (const [email, password] of [
      [known, 'wrong'],
      [disabled, 'wrong'],
      [disabled, PASSWORD],
      ['unknown@guess.test', 'wrong'],
      ['member-of-none@guess.test', 'wrong'],
    ] as const) {
      worked[`${email} ${password}`] = await statementsOf(async () => {
        expect((await signIn(email, password, '192.0.2.12')).status).toBe(401);
      });
    }
    const [first, ...others] = Object.values(worked);
    expect(first!.filter((sql) => sql.includes('audit_events'))).toHaveLength(1);
    for (const statements of others) expect(statements).toEqual(first);
  });

  /** What a sign-in asks the database, up to the record of its refusal, which comes after the answer. */
  async function statementsOf(work: () => Promise<void>): Promise<string[]> {
    const dataSource = here.app.get<DataSource>(getDataSourceToken(SYSTEM_POOL) as string);
    const statements: string[] = [];
    const { logger } = dataSource;
    const listening = { logQuery: { value: (sql: string) => statements.push(sql) } };
    dataSource.logger = Object.create(logger, listening) as Logger;
    try {
      await work();
      await eventually(async () => {
        await nextTurn();
        return statements.filter((sql) => sql === 'COMMIT').length === 3;
      });
    } finally {
      dataSource.logger = logger;
    }
    return statements;
  }
});
