const UNRELEASED = '## [Unreleased]';

/**
 * The changelog (Keep a Changelog 1.1.0) with the unreleased changes under the version.
 *
 * @param version such as 0.2.0
 * @param date such as 2026-11-29
 * @returns null when nothing is unreleased
 */
export function released(text: string, version: string, date: string): string | null {
  const start = text.indexOf(UNRELEASED);
  if (start < 0) return null;
  const after = text.slice(start + UNRELEASED.length);
  const next = after.search(/^## /m);
  const changes = (next < 0 ? after : after.slice(0, next)).trim();
  if (changes === '') return null;
  const older = next < 0 ? '' : `\n\n${after.slice(next).trimEnd()}`;
  return `${text.slice(0, start)}${UNRELEASED}\n\n## [${version}] - ${date}\n\n${changes}${older}\n`;
}

/** Compares two versions of the form major.minor.patch. */
export function isNewer(version: string, than: string): boolean {
  const [parts, others] = [version, than].map((text) => text.split('.').map(Number));
  const index = parts!.findIndex((part, i) => part !== others![i]);
  return index >= 0 && parts![index]! > others![index]!;
}
