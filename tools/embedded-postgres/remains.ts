import { eventually, serversIn } from './processes.js';
import { EmbeddedPostgresRefusal } from './refusal.js';

const PATIENCE_MS = 1_000;
const KILL_TIMEOUT_MS = 30_000;

/**
 * Ends what a killed server, or its killed creation, leaves behind. An idle process ends by itself; one that computes may
 * go on for hours and write to files that the next server recovers meanwhile, so it is killed. It has acknowledged
 * nothing that is not safe.
 */
export async function endRemains(dataDir: string): Promise<void> {
  const areGone = async () => (await serversIn(dataDir)).length === 0;
  if (await eventually(areGone, PATIENCE_MS)) return;
  for (const pid of await serversIn(dataDir)) kill(pid);
  if (await eventually(areGone, KILL_TIMEOUT_MS)) return;
  throw new EmbeddedPostgresRefusal(`Processes of a killed PostgreSQL server still work in ${dataDir}: end them.`);
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It ended by itself a moment ago, or is another user's, which shows in the next look.
  }
}
