import type { FastifyReply } from 'fastify';
import { Readable } from 'node:stream';
import { csvHeader, csvLine } from './csv-line.js';
import { countExport } from './export-slots.js';

/** Whose file it is, and its name without an ending. */
export interface ExportedFile {
  organizationId: string;
  name: string;
}

export type ExportColumns<T> = Record<string, (record: T) => string | number | null>;

/**
 * Sends records as they are read: the next chunk is asked for when the one before is on its way, and no more when the
 * client goes away. The status is sent before the first record, so a failure later on breaks the connection off.
 *
 * @throws ProblemError too_many_requests when the organization takes several files already
 */
export async function sendCsv<T>(
  reply: FastifyReply,
  file: ExportedFile,
  columns: ExportColumns<T>,
  chunks: AsyncIterable<T[]>,
): Promise<void> {
  await send(reply, { ...file, name: `${file.name}.csv` }, 'text/csv; charset=utf-8', csvOf(columns, chunks));
}

/** The same as a JSON array. */
export async function sendJsonArray<T>(
  reply: FastifyReply,
  file: ExportedFile,
  chunks: AsyncIterable<T[]>,
): Promise<void> {
  await send(reply, { ...file, name: `${file.name}.json` }, 'application/json; charset=utf-8', jsonOf(chunks));
}

async function send(
  reply: FastifyReply,
  { organizationId, name }: ExportedFile,
  type: string,
  text: AsyncGenerator<string>,
): Promise<void> {
  const stream = countExport(reply, organizationId, () => Readable.from(text, { objectMode: false }));
  await reply.header('content-type', type).header('content-disposition', `attachment; filename="${name}"`).send(stream);
}

async function* csvOf<T>(columns: ExportColumns<T>, chunks: AsyncIterable<T[]>): AsyncGenerator<string> {
  yield csvHeader(Object.keys(columns));
  const reads = Object.values(columns);
  for await (const chunk of chunks) yield chunk.map((record) => csvLine(reads.map((read) => read(record)))).join('');
}

async function* jsonOf<T>(chunks: AsyncIterable<T[]>): AsyncGenerator<string> {
  let before = '[';
  for await (const chunk of chunks) {
    if (chunk.length === 0) continue;
    yield `${before}${chunk.map((record) => JSON.stringify(record)).join(',\n')}`;
    before = ',\n';
  }
  yield before === '[' ? '[]\n' : ']\n';
}
