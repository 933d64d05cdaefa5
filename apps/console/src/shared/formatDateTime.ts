const format = new Intl.DateTimeFormat('en', { dateStyle: 'medium', timeStyle: 'short', hourCycle: 'h23' });

/** Nov 21, 2026, 13:05, in the time zone of the browser. */
export const formatDateTime = (at: string | number): string => format.format(new Date(at));
