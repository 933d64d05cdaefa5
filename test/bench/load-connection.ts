import { once } from 'node:events';
import net from 'node:net';

const MEMORY_OF_A_CONNECTION = 65_536;

/** What closed connections leave to the next ones: memory to give back made this process stop for 30 ms in every load. */
const spareMemory: Buffer[] = [];

/** A connection that reads into one piece of memory: a new one for every answer would be most of its work. */
export class Connection {
  private readonly memory = spareMemory.pop() ?? Buffer.allocUnsafeSlow(MEMORY_OF_A_CONNECTION);
  private readonly answer = new Answer();
  private readonly socket: net.Socket;
  private onAnswer = () => {};
  private onError = (_error: Error) => {};

  private constructor(
    host: string,
    port: number,
    private readonly path: string,
  ) {
    const callback = (length: number) => {
      this.read(length);
      return true;
    };
    this.socket = net.connect({ host, port, noDelay: true, onread: { buffer: this.memory, callback } });
    this.socket.on('error', (error) => this.onError(error));
    this.socket.on('close', () => this.onError(new Error(`${path}: the server closed a connection`)));
  }

  static async to(url: string, path: string): Promise<Connection> {
    const { hostname, port } = new URL(url);
    const connection = new Connection(hostname, Number(port), path);
    await once(connection.socket, 'connect');
    return connection;
  }

  listen(onAnswer: () => void, onError: (error: Error) => void): void {
    this.onAnswer = onAnswer;
    this.onError = onError;
  }

  send(request: Buffer): void {
    this.socket.write(request);
  }

  close(): void {
    this.onError = () => {};
    this.socket.destroy();
    this.socket.once('close', () => spareMemory.push(this.memory));
  }

  private read(length: number): void {
    if (!this.answer.isWholeWith(this.memory, length)) return;
    if (this.answer.isOk) this.onAnswer();
    else this.onError(new Error(`${this.path}: ${this.memory.toString('latin1', 0, length)}`));
  }
}

const OK = Buffer.from('HTTP/1.1 200 ');
const LENGTH_FIELD = Buffer.from('\r\ncontent-length: ');
const END_OF_HEAD = Buffer.from('\r\n\r\n');
const ZERO = 48;
const NINE = 57;

/** One answer after the other, of which the status and the length are read, as bytes: a text of each would be garbage. */
class Answer {
  isOk = false;
  private missing = 0;

  /** Takes the next bytes; true when the answer is whole. */
  isWholeWith(bytes: Buffer, length: number): boolean {
    if (this.missing > 0) {
      this.missing -= length;
      return this.missing === 0;
    }
    const end = bytes.indexOf(END_OF_HEAD);
    if (end < 0 || end > length) throw new Error('An answer whose head comes in parts');
    this.isOk = OK.compare(bytes, 0, OK.length) === 0;
    this.missing = end + END_OF_HEAD.length + lengthOfBody(bytes, end) - length;
    return this.missing === 0;
  }
}

function lengthOfBody(bytes: Buffer, end: number): number {
  const field = bytes.indexOf(LENGTH_FIELD);
  if (field < 0 || field > end) throw new Error(`An answer without a length: ${bytes.toString('latin1', 0, end)}`);
  let value = 0;
  for (let at = field + LENGTH_FIELD.length; bytes[at]! >= ZERO && bytes[at]! <= NINE; at += 1) {
    value = value * 10 + bytes[at]! - ZERO;
  }
  return value;
}
