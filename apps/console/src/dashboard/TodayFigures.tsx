import { Box, Card, Typography } from '@mui/material';
import type { UsageSummaryView } from '#contracts';

interface Figure {
  label: string;
  value: string;
  note: string;
}

const whole = (value: number) => value.toLocaleString('en');

function figuresOf(summary: UsageSummaryView): Figure[] {
  const { callsMadeToday, dailyCapacity, phoneNumbers, agents } = summary;
  const share = dailyCapacity === 0 ? 0 : Math.round((callsMadeToday / dailyCapacity) * 100);
  const reset = new Intl.DateTimeFormat('en', { timeStyle: 'short', timeZone: summary.timeZone, hour12: false });
  return [
    { label: 'Calls allowed', value: whole(summary.callsAllowed), note: `today, ${summary.localDate}` },
    { label: 'Calls refused', value: whole(summary.callsDenied), note: 'today' },
    { label: 'Capacity used', value: `${share}%`, note: `${whole(callsMadeToday)} of ${whole(dailyCapacity)} calls` },
    {
      label: 'Counters reset',
      value: reset.format(new Date(summary.resetsAt)),
      note: summary.timeZone.replace('_', ' '),
    },
    {
      label: 'Numbers',
      value: whole(phoneNumbers.total),
      note: `${whole(phoneNumbers.assigned)} assigned, ${whole(phoneNumbers.unassigned)} free, ${whole(phoneNumbers.pool)} in the pool`,
    },
    { label: 'Agents', value: whole(agents.total), note: `${whole(agents.active)} active` },
  ];
}

export const TodayFigures = ({ summary }: { summary: UsageSummaryView }) => (
  <Box
    component="dl"
    sx={{
      display: 'grid',
      gap: 2,
      m: 0,
      gridTemplateColumns: { xs: '1fr 1fr', md: 'repeat(3, 1fr)', xl: 'repeat(6, 1fr)' },
    }}
  >
    {figuresOf(summary).map(({ label, value, note }) => (
      <Card key={label} sx={{ p: 2 }}>
        <Typography component="dt" variant="body2" color="text.secondary">
          {label}
        </Typography>
        <Typography component="dd" sx={{ m: 0, fontSize: { xs: 24, sm: 30 }, fontWeight: 650, lineHeight: 1.3 }}>
          {value}
        </Typography>
        <Typography component="dd" variant="caption" color="text.secondary" sx={{ m: 0 }}>
          {note}
        </Typography>
      </Card>
    ))}
  </Box>
);
