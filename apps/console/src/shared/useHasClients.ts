import { useGetList } from 'react-admin';
import type { ClientView } from '#contracts';

/** Whether the organization works for clients at all; what is about clients is not shown to the others. */
export function useHasClients(): boolean {
  const { data = [] } = useGetList<ClientView>('clients', {
    pagination: { page: 1, perPage: 1 },
    sort: { field: 'name', order: 'ASC' },
  });
  return data.length > 0;
}
