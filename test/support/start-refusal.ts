import { readEnv } from '../../apps/api/src/config/env.js';
import { prepareDatabase } from '../../apps/api/src/prepare-database.js';

/** What the API would end with at its start, before it serves anything; null when it would start. */
export async function refusalAtStart(settings: Record<string, string>): Promise<string | null> {
  const env = readEnv({ JWT_SECRET: 'a secret of the tests that protects nothing', ...settings });
  const log = { info: () => undefined, warn: () => undefined };
  return prepareDatabase(env, log).then(
    () => null,
    (error: Error) => `${error.constructor.name}: ${error.message}`,
  );
}
