import { useTheme } from '@mui/material';
import { BarChart } from '@mui/x-charts/BarChart';
import type { UsageDailyView } from '#contracts';
import { formatInteger } from '../shared/figures';
import { everyDayOf } from './everyDayOf';

const day = new Intl.DateTimeFormat('en', { month: 'short', day: 'numeric', timeZone: 'UTC' });
const short = new Intl.NumberFormat('en', { notation: 'compact' });

/** Allowed and refused calls of each day. */
export default function DailyChart({ usage }: { usage: UsageDailyView }) {
  const { palette } = useTheme();
  return (
    <BarChart
      height={260}
      margin={{ left: 0, right: 8 }}
      dataset={everyDayOf(usage).map((row) => ({
        date: day.format(new Date(`${row.localDate}T00:00:00Z`)),
        allowed: row.callsAllowed,
        refused: row.callsDenied,
      }))}
      xAxis={[{ scaleType: 'band', dataKey: 'date', disableLine: true, disableTicks: true }]}
      yAxis={[{ width: 44, disableLine: true, disableTicks: true, valueFormatter: (n: number) => short.format(n) }]}
      grid={{ horizontal: true }}
      borderRadius={3}
      series={[
        {
          dataKey: 'allowed',
          label: 'Allowed',
          color: palette.primary.main,
          valueFormatter: (n) => formatInteger(n ?? 0),
        },
        {
          dataKey: 'refused',
          label: 'Refused',
          color: palette.warning.main,
          valueFormatter: (n) => formatInteger(n ?? 0),
        },
      ]}
    />
  );
}
