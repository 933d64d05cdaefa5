import type { FastifyInstance } from 'fastify';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { answerUnroutable } from '../connections/client-errors.js';
import { ProblemError } from '../problems/problem.error.js';

const KINDS = ['problems', 'reasons'];
const NAME = /^[a-z_]{1,64}$/;

/** Serves the pages that the `type` of a problem and a reason code point to. */
export function serveDocsPages(instance: FastifyInstance, folder: string): void {
  instance.get<{ Params: { kind: string; name: string } }>('/docs/:kind/:name', async (request, reply) => {
    const { kind, name } = request.params;
    const page = KINDS.includes(kind) && NAME.test(name) ? await read(join(folder, kind, `${name}.md`)) : null;
    if (page === null) return answerUnroutable(new ProblemError('not_found', 'There is no such page.'), request, reply);
    // text/plain and not text/markdown, which browsers download instead of showing it.
    return reply.type('text/plain; charset=utf-8').send(page);
  });
}

async function read(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8');
  } catch {
    return null;
  }
}
