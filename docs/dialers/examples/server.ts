import { createServer, type IncomingMessage, type Server } from 'node:http';
import { text } from 'node:stream/consumers';

/** Takes a webhook of a platform and answers it: 204 when it was read, 403 when it is forged. */
export type Webhook = (request: Request) => Promise<Response>;

/**
 * Serves webhooks by their paths.
 *
 * @param publicUrl the address that the platform calls, without a path: signatures cover it
 */
export function serveWebhooks(publicUrl: string, webhooks: Record<string, Webhook>): Server {
  return createServer((incoming, outgoing) => {
    void answer(publicUrl, webhooks, incoming)
      // The gate did not take the settlement: the platform is to send it again.
      .catch(() => new Response(null, { status: 503 }))
      .then(({ status }) => outgoing.writeHead(status).end());
  });
}

async function answer(
  publicUrl: string,
  webhooks: Record<string, Webhook>,
  incoming: IncomingMessage,
): Promise<Response> {
  const url = new URL(incoming.url ?? '/', publicUrl);
  const webhook = webhooks[url.pathname];
  if (!webhook || incoming.method !== 'POST') return new Response(null, { status: 404 });
  const headers = Object.entries(incoming.headers).map(([name, value]): [string, string] => [name, String(value)]);
  return webhook(new Request(url, { method: 'POST', headers, body: await text(incoming) }));
}
