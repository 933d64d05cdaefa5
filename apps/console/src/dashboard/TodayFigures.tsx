import { Box, Card, Typography } from '@mui/material';
import type { UsageSummaryView } from '#contracts';
import { formatInteger } from '../shared/figures';

interface Figure {
  label: string;
  value: string;
  note: string;
}

const MINUTE_MS = 60_000;

/** Hours and minutes to go, such as 5:09. */
function untilReset(resetsAt: string, now: number): string {
  const minutes = Math.max(0, Math.ceil((Date.parse(resetsAt) - now) / MINUTE_MS));
  return `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, '0')}`;
}

function figuresOf(summary: UsageSummaryView, now: number): Figure[] {
  const { callsMadeToday, dailyCapacity, phoneNumbers, agents, timeZone } = summary;
  const share = dailyCapacity === 0 ? 0 : Math.round((callsMadeToday / dailyCapacity) * 100);
  const date = new Intl.DateTimeFormat('en', { month: 'long', day: 'numeric', timeZone: 'UTC' });
  const clock = new Intl.DateTimeFormat('en', { timeStyle: 'short', timeZone, hourCycle: 'h23' });
  return [
    {
      label: 'Calls allowed',
      value: formatInteger(summary.callsAllowed),
      note: `on ${date.format(new Date(`${summary.localDate}T00:00:00Z`))}`,
    },
    { label: 'Calls refused', value: formatInteger(summary.callsDenied), note: 'today' },
    {
      label: 'Capacity used',
      value: `${share}%`,
      note: `${formatInteger(callsMadeToday)} of ${formatInteger(dailyCapacity)} calls`,
    },
    {
      label: 'Limits reset in',
      value: untilReset(summary.resetsAt, now),
      note: `at ${clock.format(new Date(summary.resetsAt))}, ${timeZone.replaceAll('_', ' ')}`,
    },
    {
      label: 'Numbers',
      value: formatInteger(phoneNumbers.total),
      note: `${formatInteger(phoneNumbers.assigned)} assigned, ${formatInteger(phoneNumbers.unassigned)} free; ${formatInteger(phoneNumbers.pool)} in the pool`,
    },
    { label: 'Agents active', value: formatInteger(agents.active), note: `of ${formatInteger(agents.total)}` },
  ];
}

/** @param now when the summary was read, in milliseconds since 1970 */
export const TodayFigures = ({ summary, now }: { summary: UsageSummaryView; now: number }) => (
  <Box
    component="dl"
    aria-label="Today"
    sx={{
      display: 'grid',
      gap: { xs: 1.5, sm: 2 },
      m: 0,
      gridTemplateColumns: { xs: '1fr 1fr', sm: 'repeat(3, 1fr)', xl: 'repeat(6, 1fr)' },
    }}
  >
    {figuresOf(summary, now).map(({ label, value, note }) => (
      <Card key={label} sx={{ px: 2, py: 1.5 }}>
        <Typography component="dt" variant="body2" color="textSecondary">
          {label}
        </Typography>
        <Typography component="dd" sx={{ m: 0, fontSize: { xs: 24, sm: 30 }, fontWeight: 650, lineHeight: 1.3 }}>
          {value}
        </Typography>
        <Typography component="dd" variant="caption" color="textSecondary" sx={{ m: 0, display: 'block' }}>
          {note}
        </Typography>
      </Card>
    ))}
  </Box>
);
