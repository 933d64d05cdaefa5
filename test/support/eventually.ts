const TURN = () => new Promise(setImmediate);

/**
 * Asks again and again until it is so. For what happens by itself elsewhere; nothing sleeps. Between two questions the
 * event loop has its turn: a question that only looks at memory would otherwise keep what it waits for from happening.
 */
export async function eventually(condition: () => boolean | Promise<boolean>, withinMs = 5_000): Promise<void> {
  for (const deadline = Date.now() + withinMs; Date.now() < deadline; await TURN()) if (await condition()) return;
  throw new Error(`It did not come true within ${withinMs} ms`);
}
