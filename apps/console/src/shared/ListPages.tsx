import type { LabelDisplayedRowsArgs } from '@mui/material';
import { Pagination, type PaginationProps, useListContext } from 'react-admin';
import type { ListMeta } from '../providers/countedList';
import { formatInteger } from './figures';

/** The pages of a list that may be too long to be counted: then it says so, and offers the next page only. */
export const ListPages = () => {
  const { meta, hasNextPage } = useListContext();
  const bound = (meta as ListMeta | undefined)?.moreThan ?? 0;
  const totalOf = ({ to, count }: LabelDisplayedRowsArgs) => {
    if (count >= 0) return formatInteger(count);
    return hasNextPage ? `more than ${formatInteger(Math.max(bound, to))}` : formatInteger(to);
  };
  const labels = {
    labelDisplayedRows: (rows: LabelDisplayedRowsArgs) =>
      `${formatInteger(rows.from)}–${formatInteger(rows.to)} of ${totalOf(rows)}`,
  };
  // What is no property of react-admin's pagination goes on to the one below it, which its type does not say.
  return <Pagination {...(labels as PaginationProps)} />;
};
