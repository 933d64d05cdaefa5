/** A request or response of SIP (RFC 3261), read no further than the tests need. */
export interface SipMessage {
  /** Request line or status line. */
  start: string;
  headers: (readonly [name: string, value: string])[];
  body: string;
}

const LONG_NAMES: Readonly<Record<string, string>> = {
  v: 'via',
  f: 'from',
  t: 'to',
  i: 'call-id',
  m: 'contact',
  l: 'content-length',
};

export function parseMessage(text: string): SipMessage {
  const end = text.indexOf('\r\n\r\n');
  const [start = '', ...lines] = (end < 0 ? text : text.slice(0, end)).split('\r\n');
  const headers = lines.map((line) => {
    const colon = line.indexOf(':');
    return [line.slice(0, colon).trim(), line.slice(colon + 1).trim()] as const;
  });
  return { start, headers, body: end < 0 ? '' : text.slice(end + 4) };
}

export function writeMessage({ start, headers, body }: SipMessage): string {
  const lines = headers
    .filter(([name]) => longName(name) !== 'content-length')
    .map(([name, value]) => `${name}: ${value}`);
  return [start, ...lines, `Content-Length: ${Buffer.byteLength(body)}`, '', body].join('\r\n');
}

/** All values of a header in their order; those of one line with commas are told apart for Via and the routes. */
export function valuesOf(message: SipMessage, name: string): string[] {
  const values = message.headers.filter(([given]) => longName(given) === name.toLowerCase()).map(([, value]) => value);
  const isList = ['via', 'route', 'record-route'].includes(name.toLowerCase());
  return isList ? values.flatMap((value) => value.split(/,\s*(?=[<S])/)) : values;
}

export function valueOf(message: SipMessage, name: string): string {
  return valuesOf(message, name)[0] ?? '';
}

/** 0 for a request. */
export function statusOf({ start }: SipMessage): number {
  return start.startsWith('SIP/2.0 ') ? Number(start.slice(8, 11)) : 0;
}

/** The method that a message is about, also that of a response. */
export function methodOf(message: SipMessage): string {
  return valueOf(message, 'CSeq').split(' ')[1] ?? '';
}

/** The user part of the address in a request line or header. */
export function userOf(text: string): string {
  return /sips?:([^@>;]*)@/.exec(text)?.[1] ?? '';
}

/** The address without its display name and parameters of the header. */
export function addressOf(value: string): string {
  return /<([^>]+)>/.exec(value)?.[1] ?? value.split(';')[0]!;
}

function longName(name: string): string {
  const lower = name.toLowerCase();
  return LONG_NAMES[lower] ?? lower;
}
