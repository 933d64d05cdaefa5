import type { ClientBase } from 'pg';
import { refuseUnsafeSession } from '../health/session-safety.js';
import { type SessionRules, startupOptions } from './connection-options.js';
import { silenceRules } from './silence.js';

/**
 * What every pool of pg is made with. A connection that is not what the rules say is closed before its first use: the
 * login may have got other rights since the start, or the address may lead elsewhere.
 */
export function poolOptions(rules: SessionRules) {
  const { onConnect: watchSilence, ...keepAlive } = silenceRules();
  return {
    ...keepAlive,
    options: startupOptions(rules),
    onConnect: async (client: ClientBase) => {
      watchSilence(client);
      await refuseUnsafeSession(client, rules);
    },
  };
}
