import { Box, LinearProgress, Typography } from '@mui/material';
import { formatInteger } from './figures';

interface UsageBarProps {
  used: number;
  limit: number;
  label: string;
}

/** Used of a limit, in figures and as a bar that changes its colour near the end. */
export const UsageBar = ({ used, limit, label }: UsageBarProps) => {
  const share = limit === 0 ? Math.min(100, used * 100) : Math.min(100, (used / limit) * 100);
  const color = share >= 100 ? 'error' : share >= 80 ? 'warning' : 'primary';
  return (
    <Box sx={{ minWidth: 110 }}>
      <Typography variant="body2">
        {formatInteger(used)}{' '}
        <Box component="span" sx={{ color: 'text.secondary' }}>{`of ${formatInteger(limit)}`}</Box>
      </Typography>
      <LinearProgress variant="determinate" value={share} color={color} aria-label={label} />
    </Box>
  );
};
