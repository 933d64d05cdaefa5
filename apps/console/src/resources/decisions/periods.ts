/** Spans of time that are chosen by name. Today is the day of the organization, from its last midnight on. */
export const periodLabels = {
  today: 'Today',
  day: 'Last 24 hours',
  week: 'Last 7 days',
  all: 'Any time',
  custom: 'From … to …',
} as const;
export type Period = keyof typeof periodLabels;

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** The instant at which a span begins, in milliseconds since 1970; undefined when it has no beginning of its own. */
export function startOf(period: Period, timeZone: string, now: number): number | undefined {
  if (period === 'today') return midnightBefore(now, timeZone);
  if (period === 'day') return now - DAY_MS;
  if (period === 'week') return now - 7 * DAY_MS;
  return undefined;
}

/** On a day on which the clocks were changed the time since midnight is not what the clock shows: then the hour is put right. */
function midnightBefore(now: number, timeZone: string): number {
  const first = now - sinceMidnight(now, timeZone);
  const off = sinceMidnight(first, timeZone);
  return off > DAY_MS / 2 ? first + (DAY_MS - off) : first - off;
}

/** What the clock of the zone shows, in milliseconds. */
function sinceMidnight(at: number, timeZone: string): number {
  const format = new Intl.DateTimeFormat('en', { timeZone, timeStyle: 'medium', hourCycle: 'h23' });
  const [hours = 0, minutes = 0, seconds = 0] = format.format(at).split(':').map(Number);
  return ((hours * 60 + minutes) * 60 + seconds) * 1_000 + (at % 1_000);
}
