import { useState } from 'react';
import { useNotify, useRefresh } from 'react-admin';
import type { ConsoleDataProvider } from '../providers/dataProvider';
import { SessionEnded } from '../providers/sessionEnd';
import { useApi } from './useApi';

/** Long enough to read what has to be done first. */
const REFUSAL_SHOWN_MS = 10_000;

/**
 * Runs one of the verbs of the API pessimistically: the screen changes after the server has said yes.
 *
 * @returns the function to call (true when it went well), and whether it is under way
 */
export function useVerb(): [
  (work: (api: ConsoleDataProvider) => Promise<unknown>, done: string) => Promise<boolean>,
  boolean,
] {
  const api = useApi();
  const notify = useNotify();
  const refresh = useRefresh();
  const [busy, setBusy] = useState(false);
  const run = async (work: (api: ConsoleDataProvider) => Promise<unknown>, done: string) => {
    setBusy(true);
    try {
      await work(api);
      notify(done, { type: 'success' });
      refresh();
      return true;
    } catch (error) {
      if (!(error instanceof SessionEnded))
        notify(error instanceof Error ? error.message : 'That did not work. Try again.', {
          type: 'error',
          autoHideDuration: REFUSAL_SHOWN_MS,
        });
      return false;
    } finally {
      setBusy(false);
    }
  };
  return [run, busy];
}
