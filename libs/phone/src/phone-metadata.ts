/**
 * The numbering plans that this version knows. Written by `npm run phone-metadata:generate`, which asks the registry when
 * the installed version was published; a test fails when another version is installed.
 */
export const phoneMetadata = {
  library: 'libphonenumber-js',
  version: '1.13.16',
  publishedOn: '2026-11-10',
} as const;

const DAY_MS = 86_400_000;

/** How old the plans are, in days. Carriers put area codes and ranges into service every month. */
export function phoneMetadataAgeDays(at: Date): number {
  return Math.max(0, Math.floor((at.getTime() - Date.parse(phoneMetadata.publishedOn)) / DAY_MS));
}
