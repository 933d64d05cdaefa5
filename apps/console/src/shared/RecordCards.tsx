import { Box, Skeleton } from '@mui/material';
import type { ReactNode } from 'react';
import { type RaRecord, useListContext } from 'react-admin';

interface RecordCardsProps<T extends RaRecord> {
  empty: ReactNode;
  render: (record: T) => ReactNode;
}

/** A list for narrow screens, where a table has no room: one block a record, with everything that the table offers. */
export const RecordCards = <T extends RaRecord>({ empty, render }: RecordCardsProps<T>) => {
  const { data, isPending } = useListContext<T>();
  if (isPending) return <Skeleton variant="rectangular" height={240} sx={{ m: 2, borderRadius: 2 }} />;
  if (!data || data.length === 0) return empty;
  return (
    <Box component="ul" sx={{ listStyle: 'none', m: 0, p: 0 }}>
      {data.map((record) => (
        <Box
          component="li"
          key={record.id}
          sx={{ px: 2, py: 1.5, borderTop: 1, borderColor: 'divider', '&:first-of-type': { borderTop: 0 } }}
        >
          {render(record)}
        </Box>
      ))}
    </Box>
  );
};
