import { createReadStream } from 'node:fs';
import { stat, writeFile } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import type { ImportJobView } from '#contracts';
import { newApiKey } from '../../apps/api/src/modules/auth/auth.public.js';

/** Who uploads. */
export interface Tenant {
  organizationId: string;
  key: string;
}

/** A file of numbers that follow one another. */
export function* csvLines(first: number, count: number): Generator<string> {
  yield 'phoneNumber,provider,countryCode\n';
  let lines = '';
  for (let index = 0; index < count; index += 1) {
    lines += `+${first + index},telnyx,US\n`;
    if (lines.length < 65_536) continue;
    yield lines;
    lines = '';
  }
  yield lines;
}

export function writeCsv(file: string, first: number, count: number): Promise<void> {
  return writeFile(file, Readable.from(csvLines(first, count)));
}

export async function seedTenant(databaseUrl: string): Promise<Tenant> {
  const client = new pg.Client(databaseUrl);
  await client.connect();
  const { key, prefix, keyHash } = newApiKey();
  const { rows: made } = await client.query<{ id: string }>(
    `insert into organizations (slug, name, default_allowed_countries) values ('bench', 'Bench', '{CA}') returning id`,
  );
  const organizationId = made[0]!.id;
  await client.query(
    `insert into api_keys (organization_id, name, prefix, key_hash, scopes)
     values ($1, 'Bench', $2, $3, '{numbers:read,numbers:write,calls:authorize}')`,
    [organizationId, prefix, keyHash],
  );
  await client.end();
  return { organizationId, key };
}

/** How long it takes, from the first byte sent to the end of the import. */
export async function importFile(apiUrl: string, tenant: Tenant, file: string, search = ''): Promise<number> {
  const started = performance.now();
  const { id } = await sendFile(apiUrl, tenant, file, search);
  const job = await ended(apiUrl, tenant, id);
  if (job.status !== 'completed' || job.failed > 0) throw new Error(`The import went wrong: ${JSON.stringify(job)}`);
  return performance.now() - started;
}

export async function sendFile(apiUrl: string, { key }: Tenant, file: string, search = ''): Promise<ImportJobView> {
  const headers = { 'x-api-key': key, 'content-type': 'text/csv', prefer: 'wait=0' };
  const { size } = await stat(file);
  const body = Readable.toWeb(createReadStream(file)) as ReadableStream;
  const sent = await fetch(`${apiUrl}/api/v1/phone-numbers/bulk-upload${search}`, {
    method: 'POST',
    headers: { ...headers, 'content-length': String(size) },
    body,
    duplex: 'half',
  });
  return (await sent.json()) as ImportJobView;
}

/** When the job has come to its end. */
export async function ended(apiUrl: string, { key }: Tenant, id: string): Promise<ImportJobView> {
  for (;;) {
    const asked = await fetch(`${apiUrl}/api/v1/imports/${id}`, { headers: { 'x-api-key': key } });
    const job = (await asked.json()) as ImportJobView;
    if (job.finishedAt !== null) return job;
    await delay(50);
  }
}
