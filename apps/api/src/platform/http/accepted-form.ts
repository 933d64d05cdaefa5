/**
 * Whether a client would rather have text/plain than JSON (RFC 9110, section 12.5.1). JSON wins where the client does
 * not care. Runs before every answer of the call gate, so the headers that nearly all clients send cost one comparison.
 */
export function prefersText(accept: string | undefined): boolean {
  if (accept === undefined || accept === '*/*' || accept === 'application/json') return false;
  return accept === 'text/plain' || isTextBetter(accept);
}

function isTextBetter(accept: string): boolean {
  const ranges = accept.toLowerCase().split(',').map(rangeOf);
  // Problems have a name of their own, which some clients ask for.
  const problem = ranges.find(({ type }) => type === 'application/problem+json')?.quality ?? 0;
  return qualityOf('text/plain', ranges) > Math.max(qualityOf('application/json', ranges), problem);
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
