import { useMemo } from 'react';
import { useDataProvider } from 'react-admin';
import type { ConsoleDataProvider } from '../providers/dataProvider';
import { refusingStandIns } from '../providers/sessionEnd';

/** The API, as the signed-in person calls it. What it resolves was said by the server. */
export function useApi(): ConsoleDataProvider {
  const api = useDataProvider<ConsoleDataProvider>();
  return useMemo(() => refusingStandIns(api), [api]);
}
