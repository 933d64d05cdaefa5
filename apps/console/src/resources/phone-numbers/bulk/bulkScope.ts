import type { BulkOperation, PhoneNumberView } from '#contracts';
import { useListContext } from 'react-admin';
import type { ListMeta } from '../../../providers/countedList';
import { pluralize, formatInteger } from '../../../shared/figures';
import { useMay } from '../../../shared/permissions';
import { chosenFilters } from '../poolFilter';

/** What an operation is done to: numbers that were ticked, or all that the list's filter finds. */
export interface BulkScope {
  target: { ids: string[] } | { filter: Record<string, unknown> };
  /** `2 numbers`, `all 12,345 numbers that match` */
  description: string;
}

export const operationLabels: Record<BulkOperation, string> = {
  assign: 'Assign',
  distribute: 'Distribute',
  unassign: 'Unassign',
  claim: 'Claim',
  release: 'Release',
  tag: 'Tag',
  untag: 'Remove tags',
  activate: 'Activate',
  deactivate: 'Deactivate',
  delete: 'Delete',
};

const own = [
  'assign',
  'distribute',
  'unassign',
  'tag',
  'untag',
  'activate',
  'deactivate',
  'release',
  'delete',
] as const satisfies BulkOperation[];
const assigning: readonly BulkOperation[] = ['assign', 'distribute', 'unassign'];

/** What the signed-in person may do to many numbers of the list that is shown. */
export function useBulkOperations(): readonly BulkOperation[] {
  const { filterValues } = useListContext();
  const writes = useMay('numbers:write');
  const assigns = useMay('assignments:write');
  if (!writes) return [];
  if ((filterValues as { inPool?: boolean }).inPool) return ['claim'];
  return own.filter((operation) => assigns || !assigning.includes(operation));
}

/** All that the list's filter finds; null when it finds nothing. */
export function useMatching(): (BulkScope & { label: string }) | null {
  const list = useListContext<PhoneNumberView>();
  const filter = list.filterValues as Record<string, unknown>;
  const data: PhoneNumberView[] | undefined = list.data;
  const total: number | undefined = list.total;
  if (!data || data.length === 0) return null;
  const isFiltered = Object.keys(chosenFilters(filter)).length > 0;
  const that = isFiltered ? ' that match' : '';
  if (total === undefined) {
    const bound = formatInteger((list.meta as ListMeta | undefined)?.moreThan ?? data.length);
    return {
      target: { filter },
      description: `all numbers${that} (more than ${bound})`,
      label: `All (more than ${bound})${that}`,
    };
  }
  const description =
    total === 1 ? `the one number${that && ' that matches'}` : `all ${pluralize(total, 'number')}${that}`;
  const label =
    total === 1 ? `The one${that ? ' that matches' : ' number'}` : `All ${formatInteger(total)}${that || ' numbers'}`;
  return { target: { filter }, description, label };
}
