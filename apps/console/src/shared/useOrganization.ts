import { useQuery } from '@tanstack/react-query';
import { useApi } from './useApi';

/** The settings of the organization that the signed-in person works in. */
export function useOrganization() {
  const api = useApi();
  return useQuery({ queryKey: ['organization'], queryFn: () => api.organization() });
}
