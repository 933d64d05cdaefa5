import { phoneNumberProviders, uploadEncodings, type UploadReadingView } from '#contracts';
import { providerLabels } from '../../shared/labels';

const SEPARATORS: Record<string, string> = { ',': 'commas', ';': 'semicolons', '\t': 'tabs', '|': 'bars' };

export const separatorName = (separator: string): string => SEPARATORS[separator] ?? separator;

export const encodingName = (encoding: string): string =>
  Object.hasOwn(uploadEncodings, encoding) ? uploadEncodings[encoding as keyof typeof uploadEncodings] : encoding;

/** How the API has understood a file, in a line. */
export function readingWords({ encoding, separator, hasHeader, columns, provider }: UploadReadingView): string {
  const ignored = columns.filter(({ name, column }) => column === null && name !== null && name !== '');
  const known = phoneNumberProviders.find((name) => name === provider);
  return [
    encoding !== null && encodingName(encoding),
    separator !== null && `values between ${separatorName(separator)}`,
    hasHeader
      ? `${columns.filter(({ column }) => column !== null).length} of ${columns.length} columns read`
      : 'no header',
    ignored.length > 0 && `left out: ${ignored.map(({ name }) => name).join(', ')}`,
    known && `${providerLabels[known]} where a row names no provider`,
  ]
    .filter(Boolean)
    .join(' · ');
}
