import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { portsOf } from '../chaos/callers.js';
import { Cluster } from '../chaos/cluster.js';
import {
  abroad,
  assignedAgain,
  callCanada,
  completedTwice,
  crashed,
  exchanged,
  givenWhileCallsWait,
  loweredWhileCallsWait,
  overMidnight,
  overTheLimit,
  paused,
  type Play,
  retried,
  retriedAfterPause,
  retriedAfterReassignment,
  retriedAfterSettling,
  retriedAfterSuspension,
  retriedAfterTheLease,
  rulesBrokenIn,
  voidedAfterMidnight,
  voidedAgainAndAgain,
} from '../chaos/scenes.js';
import {
  ASYNCHRONOUS_COMMIT,
  CLOCK_OF_THE_API,
  COUNTRY_OF_THE_CALLER,
  DAY_OF_THE_MIDNIGHT_JOB,
  DAY_THAT_GOES_BACK,
  DROP_LIMITS_TABLE,
  DROP_RECREATE,
  FAIL_FOR_CANADA,
  FORGET_ASSIGNMENTS,
  installSimpleGate,
  LIMIT_OF_ANOTHER_TABLE,
  LIMITS_TABLE,
  NO_IDEMPOTENCY,
  READ_THEN_WRITE,
  RECREATE_ON_ASSIGN,
  REMEMBER_ASSIGNMENTS,
  RETRIES_DENIED,
  STALE_NUMBERS,
  STALE_PAUSE,
  TOLD_AS_BEFORE,
} from '../chaos/simple-gate.js';

const FUNCTIONS = [
  'gate_authorize',
  'gate_replays',
  'complete_authorization',
  'correct_completion',
  'void_authorization',
  'ringfence_clock',
];

describe('the checker of the chaos test', () => {
  let cluster: Cluster;
  let real: Record<string, string>;

  beforeAll(async () => {
    const settings = { wal_writer_delay: '10s', wal_writer_flush_after: '1GB', bgwriter_delay: '10s' };
    cluster = await Cluster.start({ apis: 2, inMemory: true, settings });
    const rows = await cluster.query(
      'select proname as name, pg_get_functiondef(oid) as sql from pg_proc where proname = any ($1)',
      [FUNCTIONS],
    );
    real = Object.fromEntries(rows.map(({ name, sql }) => [name, sql]));
  }, 120_000);

  afterEach(async () => {
    for (const sql of Object.values(real)) await cluster.query(sql);
  });

  afterAll(() => cluster?.close(), 120_000);

  /** A wrong gate that has to lose a race may win it on a busy machine, but not time after time. */
  async function expectInTheEnd(play: Play, expected: string[]): Promise<void> {
    let rules: string[] = [];
    for (let time = 0; time < 8 && !expected.every((rule) => rules.includes(rule)); time += 1) {
      rules = await rulesBrokenIn(cluster, play);
    }
    expect(rules).toEqual(expect.arrayContaining(expected));
  }

  /** Changes a passage of a function of ours, which stands in it once. */
  async function mutate(name: string, passage: string, wrong: string): Promise<void> {
    expect(real[name]!.split(passage)).toHaveLength(2);
    await cluster.query(real[name]!.replace(passage, () => wrong));
  }

  const scenes: [string, Play][] = [
    ['more calls than the limit', overTheLimit],
    ['retries', retried],
    ['retries after a pause', retriedAfterPause],
    ['retries after a suspension', retriedAfterSuspension],
    ['retries after the number was given away and back', retriedAfterReassignment],
    ['retries after a void and a completion', retriedAfterSettling],
    ['retries after the lease', retriedAfterTheLease],
    ['a limit lowered while calls wait', loweredWhileCallsWait],
    ['a number given to an agent while calls wait', givenWhileCallsWait],
    ['a number assigned again', assignedAgain],
    ['one number exchanged for another', exchanged],
    ['a pause', paused],
    ['a clock turned over midnight and back', overMidnight],
    ['calls to three countries of one dial code', abroad],
    ['a void after midnight', voidedAfterMidnight],
    ['voids of every call', voidedAgainAndAgain],
    ['a call that was completed twice', completedTwice],
    ['a crash of the server', crashed],
  ];

  it.each(scenes)('has nothing against the real gate after %s', async (_, play) => {
    expect(await rulesBrokenIn(cluster, play)).toEqual([]);
  });

  it.each(scenes)('has nothing against a simple gate that is right after %s', async (_, play) => {
    await installSimpleGate(cluster.database);
    expect(await rulesBrokenIn(cluster, play)).toEqual([]);
  });

  it('catches a gate that reads, and then writes', async () => {
    await installSimpleGate(cluster.database, READ_THEN_WRITE);
    await expectInTheEnd(overTheLimit, ['count', 'limit']);
  });

  it('catches a gate that decides by rows which it does not hold', async () => {
    await mutate('gate_authorize', 'for no key update\n    ) a on true', ') a on true');
    await expectInTheEnd(overTheLimit, ['limit']);
  });

  it('catches a gate that knows no idempotency', async () => {
    await installSimpleGate(cluster.database, NO_IDEMPOTENCY);
    expect(await rulesBrokenIn(cluster, retried)).toEqual(expect.arrayContaining(['counted once', 'same answer']));
  });

  it.each<[string, Play]>([
    ['a pause', retriedAfterPause],
    ['a suspension', retriedAfterSuspension],
    ['the end of the assignment', retriedAfterReassignment],
    ['a void and a completion', retriedAfterSettling],
    ['the end of the lease', retriedAfterTheLease],
  ])('catches a gate that tells a retry what it told before: %s', async (_, play) => {
    await installSimpleGate(cluster.database, TOLD_AS_BEFORE);
    expect(await rulesBrokenIn(cluster, play)).toEqual(['old value']);
  });

  it('catches a gate that denies a retry for nothing', async () => {
    await installSimpleGate(cluster.database, RETRIES_DENIED);
    expect(await rulesBrokenIn(cluster, retried)).toEqual(['groundless refusal']);
  });

  it.each<[string, string, string, Play]>([
    ['status', 'authorization_status(l.status, l.expires_at, o.at) <> ', `'authorized' <> `, retriedAfterSettling],
    ['pause', 'a.number_active, a.paused,', 'a.number_active, false,', retriedAfterPause],
    ['suspension', 'row(a.id, o.suspended,', 'row(a.id, false,', retriedAfterSuspension],
    [
      'end',
      'where a.live_organization_id = c.org and a.agent_id = l.agent_id',
      'where a.agent_id = l.agent_id',
      retriedAfterReassignment,
    ],
  ])('catches that our gate leaves the %s out of what a retry is checked by', async (_, passage, wrong, play) => {
    await mutate('gate_replays', passage, wrong);
    expect(await rulesBrokenIn(cluster, play)).toEqual(['old value']);
  });

  it('catches a limit that is read from another table in the statement that locks', async () => {
    await installSimpleGate(cluster.database, LIMIT_OF_ANOTHER_TABLE);
    const play: Play = async (scene) => {
      await cluster.query(LIMITS_TABLE);
      await loweredWhileCallsWait(scene);
      await cluster.query(DROP_LIMITS_TABLE);
    };
    await expectInTheEnd(play, ['limit', 'old value']);
  });

  it('catches a counter that starts anew when a number is assigned again', async () => {
    await cluster.query(RECREATE_ON_ASSIGN);
    const rules = await rulesBrokenIn(cluster, assignedAgain);
    await cluster.query(DROP_RECREATE);
    expect(rules).toEqual(expect.arrayContaining(['limit', 'count']));
  });

  it.each<[string, Record<string, string>, Play, string]>([
    ['a pause', STALE_PAUSE, paused, 'old value'],
    ['which numbers an agent has', STALE_NUMBERS, exchanged, 'groundless refusal'],
  ])('catches a gate that remembers what it should read: %s', async (_, mutation, play, expected) => {
    await installSimpleGate(cluster.database, mutation);
    const rules = await rulesBrokenIn(cluster, async (scene) => {
      await cluster.query(REMEMBER_ASSIGNMENTS);
      await play(scene);
    });
    await cluster.query(FORGET_ASSIGNMENTS);
    expect(rules).toContain(expected);
  });

  it('catches a gate that leaves the new day to the midnight job', async () => {
    await installSimpleGate(cluster.database, DAY_OF_THE_MIDNIGHT_JOB);
    // The job may just come in time.
    await expectInTheEnd(overMidnight, ['local date']);
  });

  it('catches a day that goes back with the clock', async () => {
    await installSimpleGate(cluster.database, DAY_THAT_GOES_BACK);
    expect(await rulesBrokenIn(cluster, overMidnight)).toContain('day went back');
  });

  it("catches a local date from the API server's clock", async () => {
    await installSimpleGate(cluster.database, CLOCK_OF_THE_API);
    expect(await rulesBrokenIn(cluster, overMidnight)).toContain('local date');
  });

  it('catches a country that is taken from the caller', async () => {
    await installSimpleGate(cluster.database, COUNTRY_OF_THE_CALLER);
    expect(await rulesBrokenIn(cluster, abroad)).toEqual(expect.arrayContaining(['country', 'old value']));
  });

  it('catches a void that is given back to today', async () => {
    await mutate('void_authorization', 'v_assignment.last_reset_date = v_call.local_date and', '');
    expect(await rulesBrokenIn(cluster, voidedAfterMidnight)).toEqual(['count']);
  });

  it('catches voids that give more back than the limit', async () => {
    await mutate('void_authorization', 'least(v_assignment.daily_limit, ', '(');
    expect(await rulesBrokenIn(cluster, voidedAgainAndAgain)).toEqual(['void']);
  });

  it('catches a call that the API gives back although its caller was told to dial', async () => {
    await mutate('void_authorization', 'settled_by = p_by, void_reason = p_reason', `void_reason = 'client_gone'`);
    expect(await rulesBrokenIn(cluster, retriedAfterSettling)).toContain('void');
  });

  it('catches a call that is completed once more, as if it had not been before', async () => {
    await mutate('complete_authorization', `v_call.status = 'completed' then`, `false then`);
    expect(await rulesBrokenIn(cluster, completedTwice)).toEqual(['complete']);
  });

  it('catches a correction that says another length than the call had', async () => {
    await mutate('correct_completion', `'from', p_call.duration_seconds, 'to'`, `'from', 999999, 'to'`);
    expect(await rulesBrokenIn(cluster, completedTwice)).toEqual(['complete']);
  });

  it('catches a correction that does not reach the ledger', async () => {
    await mutate('correct_completion', 'set duration_seconds = v_duration,', 'set');
    expect(await rulesBrokenIn(cluster, completedTwice)).toContain('correction');
  });

  it('catches commits that are answered before they are safe', async () => {
    await installSimpleGate(cluster.database, ASYNCHRONOUS_COMMIT);
    // Any other commit of the server just before the crash makes these safe after all.
    await expectInTheEnd(crashed, ['lost acknowledgement']);
  });

  it('catches a gate that allows what it could not decide', async () => {
    await installSimpleGate(cluster.database, FAIL_FOR_CANADA);
    const inTheWay = await failOpen(portsOf(cluster)[0]!);
    const rules = await rulesBrokenIn(cluster, callCanada, [(inTheWay.address() as AddressInfo).port]);
    inTheWay.closeAllConnections();
    inTheWay.close();
    expect(rules).toContain('lost acknowledgement');
  });
});

/** Stands before an API and turns every 503 into an allow. */
async function failOpen(port: number): Promise<Server> {
  const server = createServer((request, response) => {
    void (async () => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      const { 'x-api-key': apiKey, 'idempotency-key': key } = request.headers as Record<string, string>;
      const answer = await fetch(`http://127.0.0.1:${port}${request.url}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-api-key': apiKey!, 'idempotency-key': key! },
        body: Buffer.concat(chunks),
      });
      const text = await answer.text();
      const from = { phoneNumber: '+14155550000' };
      const allow = { allowed: true, authorizationId: key, reasonCode: 'allowed', from, limit: 1, used: 1 };
      response.writeHead(answer.status === 503 ? 200 : answer.status, { 'content-type': 'application/json' });
      response.end(answer.status === 503 ? JSON.stringify({ ...allow, destination: { countryCode: 'CA' } }) : text);
    })();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}
