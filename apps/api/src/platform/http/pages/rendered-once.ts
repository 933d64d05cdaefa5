import type { FastifyInstance } from 'fastify';
import { hash } from 'node:crypto';

/**
 * Serves a text that stays the same while the process lives: it is rendered at the first request, and not sent to a client
 * that has it already (RFC 9110, section 13.1.2).
 */
export function serveOnce(instance: FastifyInstance, url: string, type: string, render: () => string): void {
  let page: { bytes: Buffer; tag: string } | undefined;
  instance.get(url, (request, reply) => {
    page ??= pageOf(render());
    void reply.header('etag', page.tag).header('cache-control', 'no-cache');
    return has(request.headers['if-none-match'], page.tag) ? reply.code(304).send() : reply.type(type).send(page.bytes);
  });
}

function pageOf(text: string): { bytes: Buffer; tag: string } {
  return { bytes: Buffer.from(text), tag: `"${hash('sha256', text, 'base64url').slice(0, 22)}"` };
}

function has(ifNoneMatch: string | undefined, tag: string): boolean {
  if (ifNoneMatch === undefined) return false;
  const tags = ifNoneMatch.split(',').map((one) => one.trim().replace(/^W\//, ''));
  return tags.includes(tag) || tags.includes('*');
}
