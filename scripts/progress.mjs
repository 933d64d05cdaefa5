/** Says on one line what is being done and how long it took. */
export async function step(what, work) {
  const started = Date.now();
  process.stdout.write(`• ${what} … `);
  const result = await work();
  process.stdout.write(`${((Date.now() - started) / 1000).toFixed(1)} s\n`);
  return result;
}

/** Ends the process with one line that says what is wrong and what to do. */
export function refuse(message) {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}
