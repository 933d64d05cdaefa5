/**
 * True for `UTC` and for names of the form `Area/Place` that this server knows. Offsets such as `+03:00` and
 * abbreviations such as `EST` are zones for some programs too, but PostgreSQL reads the sign of an offset the other way
 * round (POSIX), and neither follows the daylight saving that people expect.
 */
export function isTimeZone(name: string): boolean {
  return (name === 'UTC' || /^[A-Za-z]+(\/[A-Za-z0-9_+-]+){1,2}$/.test(name)) && isKnown(name);
}

function isKnown(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
