import { Box, LinearProgress, Stack, Tooltip, Typography } from '@mui/material';
import { reasonText, type UsageSummaryView } from '#contracts';
import { EmptyState } from '../shared/EmptyState';
import { formatInteger } from '../shared/figures';

interface RefusalsProps {
  refusals: UsageSummaryView['refusals'];
  callsAllowed: number;
}

/** How often each reason refused a call today; the tooltip says what to do about it. */
export const Refusals = ({ refusals, callsAllowed }: RefusalsProps) => {
  if (refusals.length === 0) {
    return callsAllowed > 0 ? (
      <EmptyState title="Nothing refused" hint="Every call of today was allowed." />
    ) : (
      <EmptyState title="Nothing refused" hint="No call was asked for today." />
    );
  }
  const most = Math.max(...refusals.map((refusal) => refusal.count));
  return (
    <Stack spacing={1.5} component="ul" sx={{ listStyle: 'none', m: 0, p: 0 }}>
      {refusals.map(({ reasonCode, count }) => (
        <Tooltip key={reasonCode} title={reasonText(reasonCode).message} describeChild placement="top-start">
          <li>
            <Box sx={{ display: 'flex', justifyContent: 'space-between' }}>
              <Typography variant="body2">{reasonText(reasonCode).label}</Typography>
              <Typography variant="body2">{formatInteger(count)}</Typography>
            </Box>
            <LinearProgress
              variant="determinate"
              color="warning"
              value={(count / most) * 100}
              aria-label={reasonText(reasonCode).label}
            />
          </li>
        </Tooltip>
      ))}
    </Stack>
  );
};
