import { Box, LinearProgress, Stack, Typography } from '@mui/material';
import { reasonCodes, type ReasonCode, type UsageSummaryView } from '#contracts';
import { EmptyState } from '../shared/EmptyState';

const labelOf = (code: string) => (code in reasonCodes ? reasonCodes[code as ReasonCode].label : code);

export const Refusals = ({ refusals }: { refusals: UsageSummaryView['refusals'] }) => {
  if (refusals.length === 0) return <EmptyState title="Nothing refused" hint="Every call of today was allowed." />;
  const most = Math.max(...refusals.map((refusal) => refusal.count));
  return (
    <Stack spacing={1.5} component="ul" sx={{ listStyle: 'none', m: 0, p: 0 }}>
      {refusals.map(({ reasonCode, count }) => (
        <Box component="li" key={reasonCode}>
          <Box sx={{ display: 'flex', justifyContent: 'space-between' }}>
            <Typography variant="body2">{labelOf(reasonCode)}</Typography>
            <Typography variant="body2">{count.toLocaleString('en')}</Typography>
          </Box>
          <LinearProgress
            variant="determinate"
            color="warning"
            value={(count / most) * 100}
            aria-label={labelOf(reasonCode)}
            sx={{ height: 6, borderRadius: 3 }}
          />
        </Box>
      ))}
    </Stack>
  );
};
