import { useTheme } from '@mui/material';
import { BarChart } from '@mui/x-charts/BarChart';
import type { UsageDailyView } from '#contracts';

const day = new Intl.DateTimeFormat('en', { month: 'short', day: 'numeric', timeZone: 'UTC' });

/** Allowed and refused calls of each day. */
export default function DailyChart({ usage }: { usage: UsageDailyView }) {
  const { palette } = useTheme();
  return (
    <BarChart
      height={260}
      dataset={usage.rows.map((row) => ({
        date: day.format(new Date(`${row.localDate}T00:00:00Z`)),
        allowed: row.callsAllowed,
        refused: row.callsDenied,
      }))}
      xAxis={[{ scaleType: 'band', dataKey: 'date' }]}
      yAxis={[{ width: 48 }]}
      series={[
        { dataKey: 'allowed', label: 'Allowed', color: palette.primary.main },
        { dataKey: 'refused', label: 'Refused', color: palette.warning.main },
      ]}
    />
  );
}
