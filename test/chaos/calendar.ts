const HOUR_MS = 3_600_000;
const formats = new Map<string, Intl.DateTimeFormat>();

/** The calendar date (YYYY-MM-DD) of an instant in a time zone, by ICU. */
export function dateIn(zone: string, instantMs: number): string {
  let format = formats.get(zone);
  if (!format) {
    format = new Intl.DateTimeFormat('en-CA', { timeZone: zone, year: 'numeric', month: '2-digit', day: '2-digit' });
    formats.set(zone, format);
  }
  return format.format(instantMs);
}

/** The first instant of the day after, to the millisecond. */
export function nextMidnight(zone: string, instantMs: number): number {
  const today = dateIn(zone, instantMs);
  let before = instantMs;
  let after = instantMs + 26 * HOUR_MS;
  while (after - before > 0.5) {
    const middle = (before + after) / 2;
    if (dateIn(zone, middle) === today) before = middle;
    else after = middle;
  }
  return Math.round(after);
}
