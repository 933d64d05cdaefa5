import { spawn, spawnSync } from 'node:child_process';
import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { CALLER_ID, CANADA, DialerWorld } from './support/dialer-world.js';

const EXAMPLES = path.resolve('docs/dialers/examples');

/** What each page needs, and how it is run. */
const LANGUAGES = {
  shell: {
    needs: [
      ['sh', '-c', ':'],
      ['curl', '--version'],
    ],
    command: ['sh', `${EXAMPLES}/dial.sh`],
  },
  python: { needs: [['python3', '--version']], command: ['python3', `${EXAMPLES}/gate.py`] },
  go: { needs: [['go', 'version']], command: ['go', 'run', `${EXAMPLES}/gate.go`] },
};

let world: DialerWorld;
let folder: string;

beforeAll(async () => {
  world = await DialerWorld.open();
  folder = mkdtempSync(path.join(tmpdir(), 'ringfence-dialers-'));
});
afterAll(async () => {
  await world?.close();
  if (folder) rmSync(folder, { recursive: true });
});
beforeEach(() => {
  world.reset();
  writeFileSync(dialed(), '');
});

function runs(program: string, argv: string[]): boolean {
  return spawnSync(program, argv).status === 0;
}

for (const [language, { needs, command }] of Object.entries(LANGUAGES)) {
  const missing = needs.map(([program]) => program!).filter((program, index) => !runs(program, needs[index]!.slice(1)));
  if (missing.length === 0) describe(`the example in ${language}`, () => testsOf(command));
  else {
    it(`in ${language} is named as not run`, () => {
      const notes = process.env['RINGFENCE_NOT_RUN_FILE'];
      const note = `The example in ${language} of docs/dialers was NOT run: ${missing.join(' and ')} not found.\n`;
      if (notes) appendFileSync(notes, note);
      expect(missing).not.toEqual([]);
    });
  }
}

/** What the command that dials was given, a line for each call. */
const dialed = (): string => path.join(folder, 'dialed');
const calls = (): string[] => readFileSync(dialed(), 'utf8').split('\n').slice(0, -1);

interface Run {
  status: number | null;
  stdout: string;
  stderr: string;
}

function testsOf(command: string[]): void {
  /** @param dial the shell line that dials */
  function run(call: ReturnType<DialerWorld['call']>, dial = 'echo answered 42', env = {}): Promise<Run> {
    const [program, ...argv] = command;
    const script = `echo "$*" >> '${dialed()}'; ${dial}`;
    const child = spawn(program!, [...argv, call.id, call.agentId, call.destination, 'sh', '-c', script, 'dial'], {
      env: { ...process.env, RINGFENCE_URL: world.proxy.url, RINGFENCE_KEY: world.apiKey, ...env },
    });
    const run = { stdout: '', stderr: '' };
    child.stdout.on('data', (chunk: Buffer) => (run.stdout += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (run.stderr += chunk.toString()));
    return new Promise((resolve, reject) => {
      child.on('error', reject);
      child.on('close', (status) => resolve({ status, ...run }));
    });
  }

  it("dials a call that is allowed once, with the gate's caller ID, and settles it", async () => {
    const call = world.call();
    expect(await run(call)).toMatchObject({ status: 0, stderr: '' });
    const record = await world.record(call.id);
    expect(calls()).toEqual([`${CALLER_ID} ${CANADA} ${String(record['id'])}`]);
    expect(record).toMatchObject({ status: 'completed', disposition: 'answered', duration_seconds: 42 });
  });

  it('settles a call that was not answered, without a duration', async () => {
    const call = world.call();
    expect(await run(call, 'echo busy')).toMatchObject({ status: 0 });
    expect(await world.record(call.id)).toMatchObject({ disposition: 'busy', duration_seconds: null });
  });

  it('does not dial a call that is denied, and says why', async () => {
    const { status, stdout } = await run(world.call('+442079460958'));
    expect([status, stdout]).toEqual([2, 'deny country_not_allowed\n']);
    expect(calls()).toEqual([]);
  });

  it.each([
    ['503', 'unavailable', {}],
    ['no answer in time', 'silent', { RINGFENCE_TIMEOUT: '0.2' }],
  ] as const)(
    'does not dial after %s, and dials once when the call is retried with its key',
    async (_what, fault, env) => {
      const call = world.call();
      world.proxy.fail(fault);
      expect(await run(call, undefined, env)).toMatchObject({ status: 75 });
      // A request that is given up in so short a time may not have arrived.
      expect(world.proxy.keys().filter((key) => key !== call.id)).toEqual([]);
      expect(calls()).toEqual([]);
      world.proxy.reset();
      expect(await run(call)).toMatchObject({ status: 0 });
      expect([calls().length, new Set(world.proxy.keys())]).toEqual([1, new Set([call.id])]);
    },
  );

  it('counts a call once, and dials it once, whose first answer was lost', async () => {
    const before = await world.counted();
    const call = world.call();
    world.proxy.failNext('lost');
    expect(await run(call)).toMatchObject({ status: 0 });
    expect([calls().length, world.proxy.keys().slice(0, 2)]).toEqual([1, [call.id, call.id]]);
    expect(await world.counted()).toBe(before + 1);
  });

  it('gives a call back that was not placed', async () => {
    const call = world.call();
    expect(await run(call, 'exit 1')).toMatchObject({ status: 1 });
    expect(await world.record(call.id)).toMatchObject({ status: 'voided', void_reason: 'not_dialed' });
  });

  it('says when the gate did not take the settlement', async () => {
    const call = world.call();
    world.proxy.failNext(null, 'unavailable', 'unavailable', 'unavailable');
    expect(await run(call)).toMatchObject({ status: 76 });
    expect([calls().length, (await world.record(call.id))['status']]).toEqual([1, 'authorized']);
  });

  it('says how it is used when no command is named', () => {
    const { status, stderr } = spawnSync(command[0]!, [...command.slice(1), 'call-1', world.agentId, CANADA]);
    expect([status, stderr.toString()]).toEqual([1, expect.stringContaining('CALL_ID AGENT_ID DESTINATION COMMAND')]);
  });

  it.each([
    ['a wrong key', {}, { RINGFENCE_KEY: 'wrong' }],
    ['an agent that is none', { agentId: 'nobody' }, {}],
    ['a destination with a quote', { destination: `${CANADA}","agentId":"x` }, {}],
    ['a destination that is none', { destination: '12' }, {}],
  ])('dials nothing after a request that is refused or denied: %s', async (_what, fields, env) => {
    const { status } = await run({ ...world.call(), ...fields }, undefined, env);
    expect([1, 2]).toContain(status);
    expect(calls()).toEqual([]);
  });
}
