import { isTimeZone } from '../../../apps/api/src/modules/organizations/time-zones.js';

describe('a time zone', () => {
  it.each(['UTC', 'America/New_York', 'Europe/Berlin', 'America/Argentina/Buenos_Aires', 'Etc/GMT+5'])(
    'may be %s',
    (name) => {
      expect(isTimeZone(name)).toBe(true);
    },
  );

  it.each(['', 'EST', '+03:00', 'UTC+3', 'Mars/Olympus', 'America/New York', 'America/', "x'; select 1"])(
    'is not %p',
    (name) => {
      expect(isTimeZone(name)).toBe(false);
    },
  );
});
