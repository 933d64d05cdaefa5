import { request } from '../support/http.js';
import { type Expectation, missingRow, readAccessTable, type Row } from './access-table.js';
import type { Caller } from './callers.js';
import {
  committedDescription,
  type Description,
  isDocumented,
  isDocumentedProblem,
  type Operation,
  operationsOf,
} from './operations.js';
import { CANARY, E164_OF, type Side } from './records.js';
import { type ExampleRequest, exampleRequest, uuidsIn } from './requests.js';
import { Tally } from './tally.js';
import { TenantState } from './tenant-state.js';
import { type Answer, createWorld, type World } from './world.js';

const operations = operationsOf(committedDescription());
const table = readAccessTable();
const tally = new Tally('access');
/** An organization downloads no more files at once. */
const AT_ONCE = 5;

/** An answer that was sent to a caller who may not see all of the organization. */
interface Report {
  about: string;
  caller: Caller;
  request: ExampleRequest;
  answer: Answer;
}

let world: World;
let state: TenantState;
const reports: Report[] = [];

beforeAll(async () => {
  world = await createWorld();
  state = new TenantState(world.db, world.own);
  // Lists have something to leak from the beginning.
  for (const records of Object.values(world.records)) for (const kind of records.known) await records.make(kind);
});

afterAll(async () => {
  await world?.close();
  tally.print(`${operations.length} operations, ${world?.callers.length} callers`);
});

const isOther = ({ column }: Caller) => column === 'other admin' || column === 'other key';
const matches = (expected: Expectation, status: number) =>
  expected === 'ok' ? status >= 200 && status < 300 : status === Number(expected);

async function ask(operation: Operation, caller: Caller, sent: ExampleRequest, expected: Expectation) {
  const answer = await world.send(sent, caller.headersFor(operation.permission));
  tally.count(answer.status);
  const about = `${operation.name} as ${caller.column} (${caller.name})`;
  if (!matches(expected, answer.status)) {
    throw new Error(`${about} must be ${expected}, and was answered ${answer.status}: ${answer.text.slice(0, 300)}`);
  }
  if (!isDocumented(operation, answer.status)) throw new Error(`${about}: ${answer.status} is not in openapi.json`);
  const code = /"code":"([a-z_]+)"/.exec(answer.status >= 400 ? answer.text : '')?.[1];
  if (code !== undefined && !isDocumentedProblem(operation, answer.status, code)) {
    throw new Error(`${about}: ${code} is not in openapi.json. Name it in ApiProblems.`);
  }
  reports.push({ about, caller, request: sent, answer });
}

/** What callers get for records of each side; only some callers know a difference. */
function cases({ expected }: Row): { caller: Caller; side: Side; expectation: Expectation }[] {
  return world.callers.flatMap((caller) => {
    const { own, other } = expected[caller.column];
    const limited = caller.column === 'agent' || caller.column === 'limited';
    const first = { caller, side: 'own' as const, expectation: own };
    return limited ? [first, { caller, side: 'other' as const, expectation: other }] : [first];
  });
}

describe('the access table', () => {
  it('is about the routes that the running API has', async () => {
    const { body } = await request<Description>(`${world.api.url}/api/openapi.json`);
    expect(operationsOf(body).map(({ name }) => name)).toEqual(operations.map(({ name }) => name));
  });

  it('has a row for each operation, and no other', () => {
    const names = operations.map(({ name }) => name);
    expect(names.filter((name) => !table.has(name)).map(missingRow)).toEqual([]);
    expect([...table.keys()].filter((name) => !names.includes(name))).toEqual([]);
  });

  it('says of what is public that nobody needs to sign in, and of nothing else', () => {
    const open = [...table.values()].filter(({ expected }) => expected.anonymous.own === 'ok');
    const known = new Map(operations.map((operation) => [operation.name, operation]));
    expect(open.filter(({ operation }) => known.get(operation)?.permission !== null)).toEqual([]);
  });
});

describe('every operation', () => {
  it.each(operations.map((operation) => [operation.name, operation] as const))('%s', async (name, operation) => {
    const row = table.get(name);
    if (!row) throw new Error(missingRow(name));
    const fresh = (side: Side) => exampleRequest(operation, row.record, world.records[side]);
    const shared = { own: await fresh('own'), other: await fresh('other') };
    const before = await state.read();
    for (const { caller, side, expectation } of cases(row)) {
      if (expectation !== 'ok') await ask(operation, caller, shared[side], expectation);
    }
    expect(await state.read()).toEqual(before);
    const welcome = cases(row).filter(({ expectation }) => expectation === 'ok');
    // What names no record is asked for by several at once: some answers are made once a second.
    if (operation.method === 'GET' && row.record === null) {
      const sent = await fresh('own');
      const untouched = await state.read();
      for (let at = 0; at < welcome.length; at += AT_ONCE) {
        await Promise.all(welcome.slice(at, at + AT_ONCE).map(({ caller }) => ask(operation, caller, sent, 'ok')));
      }
      expect(await state.read()).toEqual(untouched);
      return;
    }
    for (const { caller, side } of welcome) {
      const sent = await fresh(side);
      const untouched = isOther(caller) ? await state.read() : null;
      await ask(operation, caller, sent, 'ok');
      if (untouched) expect(await state.read()).toEqual(untouched);
    }
  });
});

/**
 * What answers tell that their callers have never sent: marks of the organization's data, or of a colleague's. What they sent comes
 * back to them, also later: a call that was denied stands in the caller's own log with the agent that it named.
 */
function leaks(answers: readonly Report[], marks: RegExp, ids: ReadonlySet<string>): string[] {
  const sent = new Set(answers.flatMap(({ request: { named } }) => named));
  return answers.flatMap(({ about, answer: { text } }) => {
    const leaked = [...[...text.matchAll(marks)].map(([mark]) => mark), ...uuidsIn(text).filter((id) => ids.has(id))];
    return [...new Set(leaked)].filter((mark) => !sent.has(mark)).map((mark) => `${about} was told ${mark}`);
  });
}

describe('no answer tells', () => {
  it('another organization anything of this one', async () => {
    const ids = await state.ids();
    const marks = new RegExp(`${CANARY}[\\w-]*|\\${E164_OF.own}\\d+|\\${E164_OF.other}\\d+`, 'g');
    // The link itself lets whoever holds it see which organization it is of, and for which e-mail.
    const answers = reports.filter(
      ({ about, caller }) =>
        (isOther(caller) || caller.column === 'anonymous' || caller.column === 'ended') &&
        !about.startsWith('POST /invitations/'),
    );
    expect(answers.length).toBeGreaterThan(operations.length);
    expect(leaks(answers, marks, ids)).toEqual([]);
  });

  it.each(['agent', 'limited'] as const)('the %s anything of the others', (column) => {
    const marks = new RegExp(`${CANARY}-other[\\w-]*|\\${E164_OF.other}\\d+`, 'g');
    const answers = reports.filter(
      ({ about, caller }) => caller.column === column && !about.startsWith('POST /invitations/'),
    );
    expect(leaks(answers, marks, new Set())).toEqual([]);
  });

  it('leaves the other records where its own callers see them, so that a leak would be seen', () => {
    const marks = new RegExp(`${CANARY}-other[\\w-]*|\\${E164_OF.other}\\d+`, 'g');
    const answers = reports.filter(({ caller }) => caller.column === 'owner');
    const leaking = answers.filter((one) => leaks([one], marks, new Set()).length > 0).map(({ about }) => about);
    expect(leaking.length).toBeGreaterThanOrEqual(10);
  });
});
