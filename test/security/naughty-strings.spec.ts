import NAUGHTY from 'big-list-of-naughty-strings/blns.json' with { type: 'json' };
import { uploadColumns, type UploadColumn } from '#contracts';
import { Random } from '../chaos/random.js';
import { eventually } from '../support/eventually.js';
import { request } from '../support/http.js';
import { readAccessTable } from './access-table.js';
import { isText } from './fuzz/mutations.js';
import { long, seed } from './length.js';
import { committedDescription, type Operation, operationsOf } from './operations.js';
import { exampleRequest } from './requests.js';
import { Tally } from './tally.js';
import { createWorld, type World } from './world.js';

/** How many each field gets in the short form; other ones for each field. */
const SHORT = 15;

const operations = operationsOf(committedDescription());
const table = readAccessTable();
const random = new Random(seed);
const tally = new Tally('naughty strings');

interface TextField {
  operation: Operation;
  field: string;
  /** Whether the field is a list of texts. */
  isList: boolean;
}

const fields = operations
  .filter(({ method, body }) => method !== 'GET' && body?.type === 'application/json')
  .flatMap((operation) =>
    Object.entries(operation.body!.schema.properties ?? {}).flatMap(([field, schema]): TextField[] =>
      isText(schema) || (schema.items && isText(schema.items))
        ? [{ operation, field, isList: schema.items !== undefined }]
        : [],
    ),
  );

let world: World;
let owner: Record<string, string>;
let stored = 0;

beforeAll(async () => {
  world = await createWorld({ IMPORT_WORKER: 'true' });
  owner = world.callers.find(({ column }) => column === 'platform')!.headersFor(null);
});

afterAll(async () => {
  await world?.close();
  tally.print(
    `${NAUGHTY.length} strings, ${fields.length} fields of bodies, ${uploadColumns.length} columns, ${stored} stored`,
  );
});

const v1 = (path: string) => `${world.api.url}/api/v1${path}`;
const chosen = () => (long ? NAUGHTY : random.shuffled(NAUGHTY).slice(0, SHORT));

/** What a text may be stored as: itself without the space around it, and nothing when that is all there is. */
function forms(text: string): unknown[] {
  const trimmed = text.trim();
  return trimmed === '' ? [text, trimmed, null] : [text, trimmed];
}

/** What else may stand there for a value that has a form of its own, however it was written. */
const SAME: Record<string, (sent: string, answered: unknown) => boolean> = {
  // Digits of one number, in E.164.
  phoneNumber: (sent, answered) => answered === `+${sent.replace(/\D/g, '')}`,
  // One that is refused is kept as the digits that were asked for.
  destination: (sent, answered) => typeof answered === 'string' && digitsOf(answered) === digitsOf(sent),
  // The number says it when nothing does.
  countryCode: (sent, answered) => sent.trim() === '' && answered === 'US',
  monthlyCost: isSameAmount,
  cost: isSameAmount,
};

const digitsOf = (text: string): string => text.replace(/\D/g, '');

function isSameAmount(sent: string, answered: unknown): boolean {
  return typeof answered === 'string' && /^\d+(\.\d+)?$/.test(sent) && Number(sent) === Number(answered);
}

function expectStored(field: string, isList: boolean, sent: string, answered: unknown): void {
  const value = isList
    ? (answered as unknown[])[0]
    : field === 'destination'
      ? (answered as { phoneNumber: string }).phoneNumber
      : answered;
  if (!forms(sent).includes(value) && !SAME[field]?.(sent, value)) {
    expect({ field, stored: value }).toEqual({ field, stored: sent });
  }
  stored += 1;
}

describe('a naughty string is stored as it is, or refused', () => {
  it.each(fields.map((one) => [one.field, one.operation.name, one] as const))('%s of %s', async (field, name, one) => {
    const { operation, isList } = one;
    const record = table.get(name)?.record ?? null;
    for (const text of chosen()) {
      const sent = await exampleRequest(operation, record, world.records.own);
      const body = { ...(sent.body as object), [field]: isList ? [text] : text };
      const answer = await world.send({ ...sent, body }, owner);
      tally.count(answer.status);
      const answered = JSON.parse(answer.text || '{}') as Record<string, unknown>;
      if (answer.status >= 400) {
        expect({ text, status: answer.status, answered }).toEqual({
          text,
          status: expect.any(Number),
          answered: refusal(answer.status),
        });
        expect(answer.status).toBeLessThan(500);
      } else {
        if (field in answered) expectStored(field, isList, text, answered[field]);
        await readBack(operation, sent.address, answered, one, text);
      }
    }
  });
});

const refusal = (status: number) =>
  expect.objectContaining({
    status,
    code: expect.stringMatching(/^[a-z_]+$/),
    detail: expect.stringMatching(/\S/),
  }) as unknown;

/** The record by its own address, and in the list when it is searched for. */
async function readBack(
  operation: Operation,
  address: string,
  answered: Record<string, unknown>,
  { field, isList }: TextField,
  text: string,
): Promise<void> {
  const own = operation.method === 'PUT' ? address : `${address}/${String(answered['id'])}`;
  const template = operation.method === 'PUT' ? operation.path : `${operation.path}/{id}`;
  const get = operations.find(({ method, path }) => method === 'GET' && path === template);
  if (!get) return;
  const { status, body } = await request<Record<string, unknown>>(`${world.api.url}${own}`, { headers: owner });
  expect(status).toBe(200);
  if (field in body) expectStored(field, isList, text, body[field]);
  if (field !== 'name' && field !== 'label') return;
  const value = String(body[field] ?? '').slice(0, 200);
  if (!template.endsWith('}')) return;
  const list = operations.find(({ method, path }) => method === 'GET' && path === template.replace(/\/\{[^}]+\}$/, ''));
  if (!list || value === '') return;
  const query = `filter=${encodeURIComponent(JSON.stringify({ q: value }))}&range=[0,999]`;
  const matches = await request<{ id: string }[]>(`${world.api.url}${list.path}?${query}`, { headers: owner });
  expect({ value, status: matches.status }).toEqual({ value, status: 200 });
  const id = body['id'] as string;
  expect({ value, found: matches.body.some((one) => one.id === id) }).toEqual({ value, found: true });
}

let serial = 5_600_000;

/** What the cell may become: its apostrophe against formulas is taken away, and lists are taken apart. */
const LISTS: readonly UploadColumn[] = ['tags', 'capabilities', 'allowedCountries'];
const SEPARATORS = /[\s;,|/+\\]+/g;

function cellForms(column: UploadColumn, cell: string): unknown[] {
  const bare = cell.replace(/^'(?='*[=+\-@\t\r])/, '');
  const none = /^none$/i.test(cell.trim()) ? [''] : [];
  if (LISTS.includes(column)) return [cell, bare].map((text) => partsOf(text.split(SEPARATORS))).concat(none);
  const upper = column === 'currency' || column === 'countryCode' ? [cell.trim().toUpperCase()] : [];
  const cost = column === 'monthlyCost' && /^[\d.,]+$/.test(cell) ? [Number(cell.replace(',', '.'))] : [];
  return [...forms(cell), ...forms(bare), ...upper, ...cost, cell.trim().toLowerCase()];
}

function valueOf(column: UploadColumn, record: Record<string, unknown>): unknown {
  const names: Partial<Record<UploadColumn, string>> = { client: 'clientName', agent: 'agentName' };
  const value = record[names[column] ?? column] ?? null;
  if (column === 'monthlyCost') return value === null ? null : Number(value);
  if (column === 'capabilities') {
    const has = value as Record<string, boolean>;
    return partsOf(Object.keys(has).filter((name) => has[name]));
  }
  return Array.isArray(value) ? partsOf((value as string[]).flatMap((item) => item.split(SEPARATORS))) : value;
}

/** The items of a list in one text, whatever separates them, their order and how often each is said. */
function partsOf(items: readonly string[]): string {
  return [...new Set(items.map((item) => item.toLowerCase()))]
    .filter((item) => item !== '')
    .sort()
    .join(' ');
}

describe('a naughty string in an upload is taken as it is, or its row is refused', () => {
  // Agents are found by what other systems call them as well; the tests before this have called some of them naughty names.
  beforeAll(() => world.db.query('update agents set external_id = null'));

  it.each(uploadColumns)('in the column %s', async (column) => {
    const texts = chosen();
    const numbers = texts.map(() => `+1415${(serial += 1)}`);
    const others = (['phoneNumber', 'provider', 'countryCode'] as UploadColumn[]).filter((name) => name !== column);
    const usual: Partial<Record<UploadColumn, string>> = { provider: 'telnyx', countryCode: 'US' };
    const rows = texts.map((text, index) =>
      // Quoted by hand: the writer of the API adds apostrophes of its own.
      [...others.map((name) => (name === 'phoneNumber' ? numbers[index]! : usual[name]!)), quoted(text)].join(','),
    );
    const job = await request(v1('/phone-numbers/bulk-upload'), {
      headers: { ...owner, 'content-type': 'text/csv', prefer: 'wait=30' },
      body: `${[...others, column].join(',')}\n${rows.join('\n')}\n`,
    });
    tally.count(job.status);
    expect(job.body).toMatchObject({ status: 'completed', total: texts.length });
    const refused = await world.db.query('select line, code, message from import_rows where import_job_id = $1', [
      job.body.id,
    ]);
    const errors = new Map(refused.map((row) => [Number(row['line']), row]));
    for (const [index, text] of texts.entries()) {
      const { rows: records } = column === 'phoneNumber' ? { rows: [] } : await recordsOf(numbers[index]!);
      const error = errors.get(index + 2);
      if (records.length === 0) {
        expect({ text, error }).toEqual({
          text,
          error: expect.objectContaining({ message: expect.stringMatching(/\S/) }),
        });
      } else {
        const value = valueOf(column, records[0]!);
        const allowed = cellForms(column, text);
        // An empty cell says nothing: what is usual is filled in.
        if (text.trim() !== '' && !allowed.includes(value))
          expect({ column, stored: value }).toEqual({ column, stored: text });
        stored += 1;
      }
    }
  });

  it('and what was taken can be exported and uploaded again, which changes nothing', async () => {
    const before = await exported();
    expect(before.length).toBeGreaterThan(SHORT);
    const upload = await request(v1('/phone-numbers/bulk-upload?mode=upsert'), {
      headers: { ...owner, 'content-type': 'text/csv', prefer: 'wait=30' },
      body: before.join('\r\n'),
    });
    let job = upload.body;
    await eventually(async () => {
      job = (await request(v1(`/imports/${job.id}`), { headers: owner })).body;
      return job.finishedAt !== null;
    }, 300_000);
    expect(job).toMatchObject({ status: 'completed', created: 0, updated: 0, failed: 0, errors: [] });
    expect(await exported()).toEqual(before);
  }, 400_000);
});

async function exported(): Promise<string[]> {
  const { body } = await request<string>(v1('/phone-numbers/export.csv'), { headers: owner });
  return body.split('\r\n');
}

async function recordsOf(phoneNumber: string): Promise<{ rows: Record<string, unknown>[] }> {
  const query = `filter=${encodeURIComponent(JSON.stringify({ q: phoneNumber }))}`;
  const { body } = await request<Record<string, unknown>[]>(`${v1('/phone-numbers')}?${query}`, { headers: owner });
  return { rows: body.filter((record) => record['phoneNumber'] === phoneNumber) };
}

const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`;
