/**
 * Asks again and again until it is so. For what happens by itself elsewhere; each question takes its time, so that
 * nothing sleeps.
 */
export async function eventually(condition: () => Promise<boolean>, withinMs = 5_000): Promise<void> {
  for (const deadline = Date.now() + withinMs; Date.now() < deadline;) if (await condition()) return;
  throw new Error(`It did not come true within ${withinMs} ms`);
}
