import { Box, Checkbox, FormControlLabel, Skeleton } from '@mui/material';
import type { ReactNode } from 'react';
import { type RaRecord, useListContext } from 'react-admin';

interface RecordCardsProps<T extends RaRecord> {
  empty: ReactNode;
  render: (record: T) => ReactNode;
  /** What a record is called by the box that ticks it; without it, records cannot be ticked. */
  tickName?: (record: T) => string;
}

/** A list for narrow screens, where a table has no room: one block a record, with everything that the table offers. */
export const RecordCards = <T extends RaRecord>({ empty, render, tickName }: RecordCardsProps<T>) => {
  const { data, isPending, selectedIds, onToggleItem } = useListContext<T>();
  if (isPending) return <Skeleton variant="rectangular" height={240} sx={{ m: 2, borderRadius: 2 }} />;
  if (!data || data.length === 0) return empty;
  return (
    <>
      {tickName && <TickAll />}
      <Box component="ul" sx={{ listStyle: 'none', m: 0, p: 0 }}>
        {data.map((record) => (
          <Box
            component="li"
            key={record.id}
            sx={{
              display: 'flex',
              alignItems: 'start',
              px: 2,
              py: 1.5,
              borderTop: 1,
              borderColor: 'divider',
              '&:first-of-type': { borderTop: tickName ? 1 : 0, borderColor: 'divider' },
            }}
          >
            {tickName && (
              <Checkbox
                aria-label={`Select ${tickName(record)}`}
                checked={selectedIds.includes(record.id)}
                onChange={() => onToggleItem(record.id)}
                sx={{ ml: -1.375, mt: -1, mr: 0.25 }}
              />
            )}
            <Box sx={{ flexGrow: 1, minWidth: 0 }}>{render(record)}</Box>
          </Box>
        ))}
      </Box>
    </>
  );
};

/** What the box in the head of a table does: ticks the records of the page, and what was ticked elsewhere stays so. */
const TickAll = () => {
  const { data = [], selectedIds, onSelect } = useListContext<RaRecord>();
  const ids = data.map(({ id }) => id);
  const ticked = ids.filter((id) => selectedIds.includes(id));
  const isAll = ticked.length === ids.length;
  const tick = (all: boolean) => {
    const others = selectedIds.filter((id) => !ids.includes(id));
    onSelect(all ? [...others, ...ids] : others);
  };
  return (
    <FormControlLabel
      label="Select all on this page"
      control={
        <Checkbox
          checked={isAll}
          indeterminate={!isAll && ticked.length > 0}
          onChange={(_, checked) => tick(checked)}
          sx={{ mr: 0.25 }}
        />
      }
      sx={{ m: 0, pl: 0.625, py: 0.5, color: 'text.secondary', '& .MuiFormControlLabel-label': { fontSize: 14 } }}
    />
  );
};
