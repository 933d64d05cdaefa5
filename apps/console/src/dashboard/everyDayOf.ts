import type { UsageDailyView } from '#contracts';

const DAY_MS = 86_400_000;

interface Day {
  localDate: string;
  callsAllowed: number;
  callsDenied: number;
}

/** The days of a report without a gap: the API leaves out those without calls. */
export function everyDayOf({ from, to, rows }: UsageDailyView): Day[] {
  const known = new Map(rows.map((row) => [row.localDate, row]));
  const days: Day[] = [];
  for (let at = Date.parse(`${from}T00:00:00Z`); at <= Date.parse(`${to}T00:00:00Z`); at += DAY_MS) {
    const localDate = new Date(at).toISOString().slice(0, 10);
    days.push(known.get(localDate) ?? { localDate, callsAllowed: 0, callsDenied: 0 });
  }
  return days;
}
