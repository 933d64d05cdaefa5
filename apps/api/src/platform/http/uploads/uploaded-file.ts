import type { FastifyRequest } from 'fastify';
import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { ProblemError } from '../problems/problem.error.js';
import { boundaryOf, type FormPart, FormReader } from './form-reader.js';
import { charsetOf } from './header-parameters.js';
import { endWhenTooSlow, tooLarge, uploadBytesOf, UploadedForm } from './uploads.js';

/** The one file that a request brings. */
export interface UploadedFile {
  /** Its bytes. In a form, they end with the form: a part behind the file makes them fail. */
  file: Readable;
  /** As the form says; null for none. */
  fileName: string | null;
  /** The label in the Content-Type of the file; null for none. */
  charset: string | null;
}

const FILE = 'file';
const MAX_FILE_NAME = 255;
const MAX_OTHERS = 20;
/** How much is passed over to name all parts that are no file. */
const MAX_OTHER_BYTES = 65_536;
const MAX_NAME = 100;
const MAX_VALUE_BYTES = 100;

/**
 * The file of a route that accepts uploads, as text or in the part named file of a form.
 *
 * @param parameters of the query, which are often sent as fields of the form
 * @throws ProblemError malformed_request for a form that cannot be read, validation_failed for one that has anything but
 * one file; the stream throws them, too, and payload_too_large
 */
export async function uploadedFile(
  request: FastifyRequest,
  body: unknown,
  parameters: readonly string[],
): Promise<UploadedFile> {
  if (body instanceof UploadedForm) return fileOfForm(request, body.payload, parameters);
  const charset = charsetOf(request.headers['content-type']);
  return { file: body instanceof Readable ? body : Readable.from([]), fileName: null, charset };
}

async function fileOfForm(
  request: FastifyRequest,
  payload: IncomingMessage,
  parameters: readonly string[],
): Promise<UploadedFile> {
  const boundary = boundaryOf(request.headers['content-type'] ?? '');
  endWhenTooSlow(request);
  const source = payload.iterator({ destroyOnReturn: false }) as AsyncIterator<Buffer>;
  // While an iterator holds the request, the rest of it cannot go by.
  const release = () =>
    void source.return?.().then(
      () => payload.resume(),
      () => undefined,
    );
  try {
    const form = new FormReader(source, boundary);
    const others = new OtherParts(form, parameters);
    for (let part = await form.next(); part !== null; part = await form.next()) {
      if (part.name !== FILE || !isFile(part)) await others.add(part);
      else {
        others.refuseAny();
        const file = Readable.from(wholeFile(form, others, uploadBytesOf(request)));
        file.once('close', release);
        return { file, fileName: nameOf(part), charset: charsetOf(part.contentType) };
      }
    }
    throw others.refusalWithoutFile();
  } catch (error) {
    release();
    throw error;
  }
}

async function* wholeFile(form: FormReader, others: OtherParts, limitBytes: number): AsyncGenerator<Buffer> {
  let size = 0;
  for await (const chunk of form.content()) {
    size += chunk.length;
    if (size > limitBytes) throw tooLarge(limitBytes);
    yield chunk;
  }
  for (let part = await form.next(); part !== null; part = await form.next()) await others.add(part, true);
  others.refuseAny();
}

/** Parts of a form beside its file. All are refused, with what to do instead. */
class OtherParts {
  private readonly errors = new Map<string, string>();
  private bytes = 0;

  constructor(
    private readonly form: FormReader,
    private readonly parameters: readonly string[],
  ) {}

  /**
   * Takes note of a part, and passes over its content.
   *
   * @throws ProblemError validation_failed when there are too many, or they are too long, to look for more
   */
  async add(part: FormPart, hasFile = false): Promise<void> {
    const name = part.name.slice(0, MAX_NAME);
    if (!this.errors.has(name)) this.errors.set(name, complaintOf(part, hasFile, this.parameters, null));
    let value = Buffer.alloc(0);
    for await (const chunk of this.form.content()) {
      this.bytes += chunk.length;
      if (this.bytes > MAX_OTHER_BYTES) this.refuseAny();
      if (value.length <= MAX_VALUE_BYTES) value = Buffer.concat([value, chunk.subarray(0, MAX_VALUE_BYTES + 1)]);
    }
    if (part.fileName === null && value.length <= MAX_VALUE_BYTES)
      this.errors.set(name, complaintOf(part, hasFile, this.parameters, value.toString()));
    if (this.errors.size >= MAX_OTHERS) this.refuseAny();
  }

  refusalWithoutFile(): ProblemError {
    if (!this.errors.has(FILE)) this.errors.set(FILE, 'is missing; send the CSV file in the part named file');
    return invalid(Object.fromEntries(this.errors));
  }

  /** @throws ProblemError validation_failed when there is a part beside the file */
  refuseAny(): void {
    if (this.errors.size > 0) throw invalid(Object.fromEntries(this.errors));
  }
}

function complaintOf(
  { name }: FormPart,
  hasFile: boolean,
  parameters: readonly string[],
  value: string | null,
): string {
  if (name === FILE && hasFile) return 'is there twice; send one file at a time';
  if (name === FILE) return 'is a text and no file; with curl, write -F file=@numbers.csv';
  if (!parameters.includes(name)) return 'is no part of this form; send the CSV file alone, in the part named file';
  return `belongs in the query: ?${name}=${value === null ? '…' : encodeURIComponent(value)}`;
}

/** A part with a type of its own is a file, too: curl writes no name for `file=<a.csv;type=text/csv`. */
function isFile({ fileName, contentType }: FormPart): boolean {
  return fileName !== null || contentType !== null;
}

function nameOf({ fileName }: FormPart): string | null {
  const name = [...(fileName ?? '').replaceAll('\0', '')].slice(0, MAX_FILE_NAME).join('');
  return name === '' ? null : name;
}

function invalid(errors: Record<string, string>): ProblemError {
  const [first, ...others] = Object.entries(errors).map(([name, message]) => `${name}: ${message}`);
  const more = others.length === 0 ? '' : ` (and ${others.length} more)`;
  return new ProblemError('validation_failed', `${first}${more}`, { errors });
}
