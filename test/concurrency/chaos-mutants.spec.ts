import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Admins } from '../chaos/admins.js';
import { Callers, portsOf } from '../chaos/callers.js';
import { evidenceOf } from '../chaos/chaos-run.js';
import { check } from '../chaos/checker.js';
import { Cluster } from '../chaos/cluster.js';
import { type ChaosRecord, nowMs, type Pair, type World } from '../chaos/record.js';
import {
  ASYNCHRONOUS_COMMIT,
  CLOCK_OF_THE_API,
  DROP_LIMITS_TABLE,
  DROP_PAUSES_TABLE,
  DROP_RECREATE,
  FAIL_FOR_CANADA,
  installSimpleGate,
  LIMIT_OF_ANOTHER_TABLE,
  LIMITS_TABLE,
  NO_IDEMPOTENCY,
  PAUSES_TABLE,
  READ_THEN_WRITE,
  realGate,
  RECREATE_ON_ASSIGN,
  STALE_PAUSE,
} from '../chaos/simple-gate.js';
import { createPair, createWorldOrganization } from '../chaos/world.js';
import { createAgent } from '../support/fixtures.js';

/** Every gate, the right one and each wrong one, meets the same: these calls, changes and lost replies. */
interface Scene {
  pair: Pair;
  callers: Callers;
  admins: Admins;
}

describe('the checker of the chaos test', () => {
  let cluster: Cluster;
  let real: string;
  let seed = 0;

  beforeAll(async () => {
    const settings = { wal_writer_delay: '10s', wal_writer_flush_after: '1GB', bgwriter_delay: '10s' };
    cluster = await Cluster.start({ apis: 2, inMemory: true, settings });
    real = await realGate(cluster.database);
  }, 120_000);

  afterEach(() => cluster.query(real));

  afterAll(() => cluster?.close(), 120_000);

  /** Plays a scene with an organization of its own, and answers which rules were broken. */
  async function rulesBrokenIn(
    play: (scene: Scene) => Promise<void>,
    { limit = 20, ports = portsOf(cluster) } = {},
  ): Promise<string[]> {
    seed += 1;
    const organization = await createWorldOrganization(cluster.database, 'UTC');
    const agentId = await createAgent(cluster.database, { organizationId: organization.id, kind: 'ai' });
    const pair = await createPair(cluster.database, organization, agentId, limit, ['US', 'CA']);
    const world: World = { organizations: [organization], numbers: [], pairs: [pair] };
    const callers = new Callers(world, ports, seed);
    const admins = new Admins(cluster, world);
    const startedMs = nowMs();
    await play({ pair, callers, admins });
    callers.close();
    const { calls, settlements } = callers;
    const record: ChaosRecord = {
      ...{ seed, startedMs, endedMs: nowMs(), world, calls, settlements },
      ...{ changes: admins.changes, samples: [], faults: {} },
    };
    return check(record, await evidenceOf(cluster, record)).rules.sort();
  }

  /** A wrong gate that has to lose a race may win it on a busy machine, but not time after time. */
  async function expectInTheEnd(play: (scene: Scene) => Promise<void>, expected: string[]): Promise<void> {
    let rules: string[] = [];
    for (let time = 0; time < 8 && !expected.every((rule) => rules.includes(rule)); time += 1) {
      rules = await rulesBrokenIn(play);
    }
    expect(rules).toEqual(expect.arrayContaining(expected));
  }

  const callAtOnce = ({ callers, pair }: Scene, count: number, country = 'US') =>
    Promise.all(Array.from({ length: count }, () => callers.call(pair, country)));

  async function overTheLimit(scene: Scene): Promise<void> {
    for (let wave = 0; wave < 4; wave += 1) await callAtOnce(scene, 16);
  }

  async function retried(scene: Scene): Promise<void> {
    for (const call of await callAtOnce(scene, 5)) await scene.callers.again(call, scene.pair, 1);
  }

  /** The change waits for a lock, and calls behind it. When the lock goes, the change comes first. */
  async function loweredWhileCallsWait(scene: Scene): Promise<void> {
    const { pair, admins } = scene;
    await callAtOnce(scene, 10);
    // Signs in, so that the change that matters is at the lock at once.
    await admins.setLimit(pair, pair.limit + 1, 0);
    const holder = await cluster.connect();
    await holder.query('begin');
    await holder.query('select from agent_phone_numbers where id = $1 for no key update', [pair.assignmentId]);
    const lowered = admins.setLimit(pair, 10, 0);
    await waiting(1, 2_000);
    const calls = [scene.callers.call(pair, 'US', { api: 0 }), scene.callers.call(pair, 'US', { api: 1 })];
    await waiting(3, 500);
    await holder.query('commit');
    await holder.end();
    await Promise.all([lowered, ...calls]);
  }

  async function waiting(count: number, patienceMs: number): Promise<void> {
    const deadline = nowMs() + patienceMs;
    while (nowMs() < deadline) {
      const [row] = await cluster.query(
        `select count(*)::int as count from pg_stat_activity where wait_event_type = 'Lock'`,
      );
      if (row!['count'] >= count) return;
    }
  }

  async function assignedAgain(scene: Scene): Promise<void> {
    await callAtOnce(scene, 25);
    await scene.admins.reassign(scene.pair, scene.pair.limit, scene.pair.countries, 0);
    await callAtOnce(scene, 25);
  }

  async function paused(scene: Scene): Promise<void> {
    await callAtOnce(scene, 3);
    await scene.admins.setPaused(scene.pair, true);
    await callAtOnce(scene, 3);
  }

  async function overMidnight(scene: Scene): Promise<void> {
    await callAtOnce(scene, 3);
    await scene.admins.turnClock(24);
    await callAtOnce(scene, 3);
    await scene.admins.turnClock(-24);
    await callAtOnce(scene, 3);
  }

  async function voidedAfterMidnight(scene: Scene, toToday: boolean): Promise<void> {
    const [call] = await callAtOnce(scene, 3);
    await scene.admins.turnClock(24);
    await callAtOnce(scene, 3);
    const { authorizationId } = call!.attempts.at(-1)!.told!;
    const { agentId } = scene.pair;
    scene.callers.noteVoid(authorizationId);
    await cluster.query(`update call_authorizations set status = 'voided' where id = $1`, [authorizationId]);
    if (toToday) {
      await cluster.query(
        'update agent_phone_numbers set calls_made_today = calls_made_today - 1 where agent_id = $1',
        [agentId],
      );
    } else {
      await cluster.query('update usage_daily set calls_allowed = calls_allowed - 1 where agent_id = $1', [agentId]);
    }
    await scene.admins.turnClock(-24);
  }

  async function completedTwice(scene: Scene): Promise<void> {
    const [call] = await callAtOnce(scene, 1);
    await scene.callers.settle('complete', call!, 0);
    await scene.callers.settle('complete', call!, 1);
  }

  async function crashed(scene: Scene): Promise<void> {
    for (let wave = 0; wave < 3; wave += 1) await callAtOnce(scene, 5);
    await cluster.crashPostgres();
  }

  const scenes: [string, (scene: Scene) => Promise<void>][] = [
    ['more calls than the limit', overTheLimit],
    ['retries', retried],
    ['a limit lowered while calls wait', loweredWhileCallsWait],
    ['a number assigned again', assignedAgain],
    ['a pause', paused],
    ['a clock turned over midnight and back', overMidnight],
    ['a void after midnight', (scene) => voidedAfterMidnight(scene, false)],
    ['a call that was completed twice', completedTwice],
    ['a crash of the server', crashed],
  ];

  it.each(scenes)('has nothing against the real gate after %s', async (_, play) => {
    expect(await rulesBrokenIn(play)).toEqual([]);
  });

  it.each(scenes)('has nothing against a simple gate that is right after %s', async (_, play) => {
    await installSimpleGate(cluster.database);
    expect(await rulesBrokenIn(play)).toEqual([]);
  });

  it('catches a gate that reads, and then writes', async () => {
    await installSimpleGate(cluster.database, READ_THEN_WRITE);
    await expectInTheEnd(overTheLimit, ['count', 'limit']);
  });

  it('catches a gate that knows no idempotency', async () => {
    await installSimpleGate(cluster.database, NO_IDEMPOTENCY);
    expect(await rulesBrokenIn(retried)).toEqual(expect.arrayContaining(['counted once', 'same answer']));
  });

  it('catches a limit that is read from another table in the statement that locks', async () => {
    await installSimpleGate(cluster.database, LIMIT_OF_ANOTHER_TABLE);
    const play = async (scene: Scene) => {
      await cluster.query(LIMITS_TABLE);
      await loweredWhileCallsWait(scene);
      await cluster.query(DROP_LIMITS_TABLE);
    };
    await expectInTheEnd(play, ['limit', 'old value']);
  });

  it('catches a counter that starts anew when a number is assigned again', async () => {
    await cluster.query(RECREATE_ON_ASSIGN);
    const rules = await rulesBrokenIn(assignedAgain);
    await cluster.query(DROP_RECREATE);
    expect(rules).toEqual(expect.arrayContaining(['limit', 'count']));
  });

  it('catches a gate that remembers what it should read', async () => {
    await installSimpleGate(cluster.database, STALE_PAUSE);
    const rules = await rulesBrokenIn(async (scene) => {
      await cluster.query(PAUSES_TABLE);
      await paused(scene);
    });
    await cluster.query(DROP_PAUSES_TABLE);
    expect(rules).toContain('old value');
  });

  it("catches a local date from the API server's clock", async () => {
    await installSimpleGate(cluster.database, CLOCK_OF_THE_API);
    expect(await rulesBrokenIn(overMidnight)).toContain('local date');
  });

  it('catches a void that is given back to today', async () => {
    expect(await rulesBrokenIn((scene) => voidedAfterMidnight(scene, true))).toContain('count');
  });

  it('catches a call that is completed once more', async () => {
    const [right] = await cluster.query(
      `select pg_get_functiondef(oid) as sql from pg_proc where proname = 'complete_authorization'`,
    );
    await cluster.query((right!['sql'] as string).replace(`in ('completed', 'voided')`, `in ('voided')`));
    const rules = await rulesBrokenIn(completedTwice);
    await cluster.query(right!['sql'] as string);
    expect(rules).toEqual(['complete']);
  });

  it('catches commits that are answered before they are safe', async () => {
    await installSimpleGate(cluster.database, ASYNCHRONOUS_COMMIT);
    // Any other commit of the server just before the crash makes these safe after all.
    await expectInTheEnd(crashed, ['lost acknowledgement']);
  });

  it('catches a gate that allows what it could not decide', async () => {
    await installSimpleGate(cluster.database, FAIL_FOR_CANADA);
    const inTheWay = await failOpen(portsOf(cluster)[0]!);
    const ports = [(inTheWay.address() as AddressInfo).port];
    const rules = await rulesBrokenIn((scene) => callAtOnce(scene, 3, 'CA').then(() => {}), { ports });
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
