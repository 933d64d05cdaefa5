import { useQuery } from '@tanstack/react-query';
import { useDataProvider } from 'react-admin';
import type { ConsoleDataProvider } from '../providers/dataProvider';

/** The settings of the organization that the signed-in person works in. */
export function useOrganization() {
  const api = useDataProvider<ConsoleDataProvider>();
  return useQuery({ queryKey: ['organization'], queryFn: () => api.organization() });
}
