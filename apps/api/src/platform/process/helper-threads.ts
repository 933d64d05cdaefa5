import { readdirSync, readFileSync } from 'node:fs';
import os from 'node:os';

/** The threads that V8 marks garbage and compiles with. */
const HELPER = 'V8Worker';
/** A tenth of the share of a core that others get. Less, and a collection that waits for a helper takes long. */
const NICENESS = 10;
const TASKS = '/proc/self/task';

/**
 * Lets V8's helper threads give way. A full collection marks with several at once, and where the database shares the
 * machine they take the cores from it and from the main thread, for 50 ms. Where a core is free nothing changes. Only on
 * Linux, where a niceness is a thread's (setpriority(2)).
 */
export function letHelperThreadsGiveWay(): void {
  if (process.platform !== 'linux') return;
  for (const thread of readdirSync(TASKS)) {
    try {
      if (readFileSync(`${TASKS}/${thread}/comm`, 'utf8').trim() === HELPER) os.setPriority(Number(thread), NICENESS);
    } catch {
      // The thread has ended, or the system does not allow it: then all goes on as before.
    }
  }
}
