/** Browsers send some 200 characters. Thousands of media ranges would take a while to weigh. */
const MAX_ACCEPT = 1_000;

/**
 * Whether a client would rather have text/plain than JSON (RFC 9110, section 12.5.1). JSON wins where the client does
 * not care. Runs before every answer of the call gate, so the headers that nearly all clients send cost one comparison.
 */
export function prefersText(accept: string | undefined): boolean {
  if (accept === undefined || accept === '*/*' || accept === 'application/json') return false;
  if (accept.length > MAX_ACCEPT) return false;
  return accept === 'text/plain' || isTextBetter(accept);
}

// Problems have a name of their own, which some clients ask for.
const JSON_NAMES = ['application/json', 'application/problem+json'];

function isTextBetter(accept: string): boolean {
  const ranges = accept.toLowerCase().split(',').map(rangeOf);
  const names = (type: string) => ranges.some((range) => range.type === type);
  const problem = ranges.find(({ type }) => type === 'application/problem+json')?.quality ?? 0;
  const text = qualityOf('text/plain', ranges);
  const json = Math.max(qualityOf('application/json', ranges), problem);
  // Who names text and not JSON means text, though a wildcard of the same quality stands beside it: libcurl adds one of
  // its own where the program's headers come to it in one piece.
  if (text === json) return text > 0 && names('text/plain') && !JSON_NAMES.some(names);
  return text > json;
}

interface MediaRange {
  type: string;
  quality: number;
}

function rangeOf(text: string): MediaRange {
  const [type = '', ...parameters] = text.split(';').map((part) => part.trim());
  const weight = parameters.find((parameter) => /^q\s*=/.test(parameter));
  const quality = weight === undefined ? 1 : Number(weight.slice(weight.indexOf('=') + 1));
  return { type, quality: quality >= 0 && quality <= 1 ? quality : 0 };
}

/** The most specific range that fits decides; 0 is: not wanted. */
function qualityOf(type: string, ranges: readonly MediaRange[]): number {
  const [family] = type.split('/');
  for (const wanted of [type, `${family}/*`, '*/*']) {
    const fitting = ranges.filter((range) => range.type === wanted);
    if (fitting.length > 0) return Math.max(...fitting.map((range) => range.quality));
  }
  return 0;
}
