import type { FastifyReply } from 'fastify';
import type { ListQuery, Page } from './list-query.js';

/**
 * Answers the items of a page with the headers that lists carry. A proxy may rewrite Content-Range (it takes it for a
 * byte range), so the total stands in X-Total-Count as well. A total that is no more than what was counted says so in
 * X-Total-Exact.
 */
export function sendPage<T>(reply: FastifyReply, unit: string, query: ListQuery, page: Page<T>): T[] {
  const last = query.offset + Math.max(page.items.length - 1, 0);
  const range = page.items.length === 0 ? '*' : `${query.offset}-${last}`;
  reply.header('content-range', `${unit} ${range}/${page.total}`);
  reply.header('x-total-count', String(page.total));
  reply.header('x-total-exact', String(page.totalIsExact ?? true));
  reply.header('access-control-expose-headers', 'Content-Range, X-Total-Count, X-Total-Exact');
  return page.items;
}
