import { ProblemError } from '../problems/problem.error.js';
import { parameterizedHeader } from './header-parameters.js';

/** What a part of a form says of itself. */
export interface FormPart {
  name: string;
  /** The name without folders, which may be empty; null for a field. */
  fileName: string | null;
  contentType: string | null;
}

/** RFC 2046, 5.1.1. */
const MAX_BOUNDARY = 70;
const MAX_HEADER_BYTES = 8_192;
const MAX_PREAMBLE_BYTES = 8_192;
const MAX_PADDING = 70;
const [TAB, LINE_FEED, RETURN, SPACE, DASH] = [9, 10, 13, 32, 45];
/** Transfer encodings that leave the bytes as they are. */
const AS_IS = ['7bit', '8bit', 'binary'];

/**
 * Reads multipart/form-data (RFC 7578) part by part in memory that does not grow with them. Unlike the parsers of npm, it
 * leaves no part out: what cannot be read is refused.
 *
 * Every method throws ProblemError malformed_request, and what the source throws.
 */
export class FormReader {
  private readonly delimiter: Buffer;
  /** What was read and not taken. A line break before it lets the first boundary begin the body. */
  private held: Buffer = Buffer.from('\r\n');
  private parts = 0;
  private isClosed = false;

  constructor(
    private readonly source: AsyncIterator<Buffer>,
    private readonly boundary: string,
  ) {
    this.delimiter = Buffer.from(`\r\n--${boundary}`, 'latin1');
  }

  /** The next part; null behind the last one. What was not read of the part before is passed over. */
  async next(): Promise<FormPart | null> {
    if (this.isClosed) return null;
    let passed = 0;
    for await (const chunk of this.content()) {
      passed += chunk.length;
      if (this.parts === 0 && passed > MAX_PREAMBLE_BYTES) throw this.noBoundary();
    }
    this.held = this.held.subarray(this.delimiter.length);
    if ((await this.byteAt(0)) === DASH && (await this.byteAt(1)) === DASH) {
      this.isClosed = true;
      return null;
    }
    this.parts += 1;
    await this.endBoundary();
    return partOf(await this.header(), this.parts);
  }

  /** What is left of the content of the part. */
  async *content(): AsyncGenerator<Buffer> {
    for (;;) {
      const at = this.held.indexOf(this.delimiter);
      const end = at < 0 ? this.held.length - this.delimiter.length + 1 : at;
      if (end > 0) {
        const chunk = this.held.subarray(0, end);
        this.held = this.held.subarray(end);
        yield chunk;
      }
      if (at >= 0) return;
      await this.readMore();
    }
  }

  /** Takes the spaces behind a boundary. Its line break stays: the header is what stands between it and an empty line. */
  private async endBoundary(): Promise<void> {
    let at = 0;
    let byte = await this.byteAt(at);
    while (at < MAX_PADDING && (byte === SPACE || byte === TAB)) byte = await this.byteAt((at += 1));
    if (byte === LINE_FEED) throw malformed('The lines of a form have to end with CRLF, and these end with LF.');
    if (byte !== RETURN || (await this.byteAt(at + 1)) !== LINE_FEED) {
      throw malformed(
        `A line of the form begins with its boundary "${this.boundary}" and goes on. Choose another one.`,
      );
    }
    this.held = this.held.subarray(at);
  }

  private async header(): Promise<string> {
    for (;;) {
      const at = this.held.indexOf('\r\n\r\n');
      if (at > MAX_HEADER_BYTES || (at < 0 && this.held.length > MAX_HEADER_BYTES)) {
        throw malformed(
          `Part ${this.parts} of the form has headers of more than ${MAX_HEADER_BYTES.toLocaleString('en')} bytes.`,
        );
      }
      if (at >= 0) {
        const header = this.held.toString('utf8', 0, at);
        this.held = this.held.subarray(at + 4);
        return header;
      }
      await this.readMore();
    }
  }

  private async byteAt(index: number): Promise<number> {
    while (this.held.length <= index) await this.readMore();
    return this.held[index]!;
  }

  private async readMore(): Promise<void> {
    const next = await this.source.next();
    if (!next.done) this.held = this.held.length === 0 ? next.value : Buffer.concat([this.held, next.value]);
    else if (this.parts === 0) throw this.noBoundary();
    else throw malformed(`The form ends before its last boundary "--${this.boundary}--". Send it whole.`);
  }

  private noBoundary(): ProblemError {
    return malformed(
      `The form ends before a first line "--${this.boundary}", or has too much text before it. The boundary is "${this.boundary}" by the ` +
        'Content-Type; let your program choose it.',
    );
  }
}

/**
 * The boundary that a Content-Type names.
 *
 * @throws ProblemError malformed_request when it names none, or one that is no boundary
 */
export function boundaryOf(contentType: string): string {
  const boundary = parameterizedHeader(contentType)?.parameters.get('boundary') ?? '';
  if (boundary === '') {
    throw malformed(
      'The Content-Type of the form names no boundary. Let your program write it: with curl, -F alone does.',
    );
  }
  if (boundary.length <= MAX_BOUNDARY) return boundary;
  throw malformed(`The boundary of the form is longer than the ${MAX_BOUNDARY} characters that it may have.`);
}

function partOf(header: string, index: number): FormPart {
  const headers = headersOf(header, index);
  const disposition = parameterizedHeader(headers.get('content-disposition') ?? '');
  if (disposition?.value !== 'form-data') {
    throw malformed(
      `Part ${index} of the form has no header such as Content-Disposition: form-data; name="file"; filename="a.csv".`,
    );
  }
  const name = disposition.parameters.get('name') ?? '';
  if (name === '') throw malformed(`Part ${index} of the form has no name. Send the CSV file in the part named file.`);
  const encoding = headers.get('content-transfer-encoding') ?? '7bit';
  if (!AS_IS.includes(encoding.toLowerCase())) {
    throw malformed(`Part ${index} of the form is encoded as ${encoding.slice(0, 50)}. Send its bytes as they are.`);
  }
  return { name, fileName: fileNameOf(disposition.parameters), contentType: headers.get('content-type') ?? null };
}

function headersOf(text: string, index: number): Map<string, string> {
  const headers = new Map<string, string>();
  const lines = text.replace(/\r\n[ \t]+/g, ' ').split('\r\n');
  for (const line of lines.filter((one) => one !== '')) {
    const [, name, value] = /^([!#-'*+.\w^`|~-]+)[ \t]*:(.*)$/s.exec(line) ?? [];
    if (name === undefined || value === undefined || (headers.has(name.toLowerCase()) && /^content-/i.test(name))) {
      throw malformed(`Part ${index} of the form has headers that cannot be read. Send each as Name: value, and once.`);
    }
    headers.set(name.toLowerCase(), value.trim());
  }
  return headers;
}

/** The name as browsers write it, who escape quotes alone; or as RFC 5987 does. */
function fileNameOf(parameters: ReadonlyMap<string, string>): string | null {
  const extended = /^utf-8'[^']*'(.*)$/i.exec(parameters.get('filename*') ?? '')?.[1];
  const name = (extended === undefined ? undefined : decoded(extended)) ?? parameters.get('filename');
  return name === undefined ? null : name.replaceAll('%22', '"').replace(/^.*[/\\]/s, '');
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

function malformed(detail: string): ProblemError {
  return new ProblemError('malformed_request', detail);
}
