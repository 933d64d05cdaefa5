import { randomUUID } from 'node:crypto';
import { SDP, SipSocket } from './sip-socket.js';
import { addressOf, methodOf, type SipMessage, statusOf, userOf, valueOf, valuesOf } from './sip-message.js';

/** What the carrier does with a call to a number. */
export type Behavior =
  | { kind: 'answer'; hangUpAfterMs?: number }
  /** Rings, unless it refuses at once, and then answers with a status. */
  | { kind: 'refuse'; status: number; headers?: [string, string][] }
  /** Rings two phones, each with a dialog of its own, and the second answers. */
  | { kind: 'fork' }
  /** Rings until it is canceled. */
  | { kind: 'ring' }
  /** Not even 100: a carrier that is down. */
  | { kind: 'silent' };

interface AnswerOptions {
  body?: string;
  /** In the place of those of the same name. */
  headers?: [string, string][] | undefined;
  toTag?: string;
}

/** The far end of the trunk: a user agent server that keeps each INVITE that reached it. */
export class Carrier {
  /** Each INVITE, without its repetitions, in the order of their coming. */
  readonly invites: SipMessage[] = [];
  readonly behaviors = new Map<string, Behavior>();
  readonly requests: SipMessage[] = [];
  private readonly toTag = randomUUID().slice(0, 8);
  private readonly ringing = new Map<string, { invite: SipMessage; port: number }>();
  private socket!: SipSocket;

  static async open(port = 0): Promise<Carrier> {
    const carrier = new Carrier();
    carrier.socket = await SipSocket.open((message, from) => carrier.receive(message, from), port);
    return carrier;
  }

  get port(): number {
    return this.socket.port;
  }

  /** The numbers that rang. */
  get rung(): string[] {
    return this.invites.map(({ start }) => userOf(start));
  }

  close(): Promise<void> {
    return this.socket.close();
  }

  private receive(message: SipMessage, port: number): void {
    if (statusOf(message) > 0) return;
    this.requests.push(message);
    switch (methodOf(message)) {
      case 'INVITE':
        return this.invited(message, port);
      case 'CANCEL':
        return this.canceled(message, port);
      case 'ACK':
        return;
      default:
        this.answer(message, port, methodOf(message) === 'REFER' ? '202 Accepted' : '200 OK');
    }
  }

  private invited(invite: SipMessage, port: number): void {
    const behavior = this.behaviors.get(userOf(invite.start)) ?? { kind: 'answer' };
    const isRepeated = this.invites.some((other) => callOf(other) === callOf(invite));
    if (!isRepeated) this.invites.push(invite);
    if (behavior.kind === 'silent' || isRepeated) return;
    this.answer(invite, port, '100 Trying');
    if (behavior.kind === 'refuse') {
      return this.answer(invite, port, `${behavior.status} No`, { headers: behavior.headers });
    }
    this.answer(invite, port, '180 Ringing');
    if (behavior.kind === 'fork') {
      this.answer(invite, port, '180 Ringing', { toTag: 'second' });
      return this.answer(invite, port, '200 OK', { toTag: 'second', body: SDP });
    }
    if (behavior.kind === 'ring') {
      this.ringing.set(valueOf(invite, 'Call-ID'), { invite, port });
      return;
    }
    this.answer(invite, port, '200 OK', { body: SDP });
    if (behavior.hangUpAfterMs !== undefined) setTimeout(() => this.hangUp(invite, port), behavior.hangUpAfterMs);
  }

  private canceled(cancel: SipMessage, port: number): void {
    this.answer(cancel, port, '200 OK');
    const call = this.ringing.get(valueOf(cancel, 'Call-ID'));
    if (call) this.answer(call.invite, call.port, '487 Request Terminated');
    this.ringing.delete(valueOf(cancel, 'Call-ID'));
  }

  private hangUp(invite: SipMessage, port: number): void {
    const headers: [string, string][] = [
      ['Via', `SIP/2.0/UDP 127.0.0.1:${this.port};branch=z9hG4bK${randomUUID()}`],
      ...valuesOf(invite, 'Record-Route').map((route): [string, string] => ['Route', route]),
      ['From', `${valueOf(invite, 'To')};tag=${this.toTag}`],
      ['To', valueOf(invite, 'From')],
      ['Call-ID', valueOf(invite, 'Call-ID')],
      ['CSeq', '1 BYE'],
      ['Max-Forwards', '70'],
    ];
    this.socket.send({ start: `BYE ${addressOf(valueOf(invite, 'Contact'))} SIP/2.0`, headers, body: '' }, port);
  }

  private answer(request: SipMessage, port: number, status: string, options: AnswerOptions = {}): void {
    const { body = '', headers: more = [], toTag = this.toTag } = options;
    const to = valueOf(request, 'To');
    const headers: [string, string][] = [
      ...valuesOf(request, 'Via').map((via): [string, string] => ['Via', via]),
      ...valuesOf(request, 'Record-Route').map((route): [string, string] => ['Record-Route', route]),
      ['From', valueOf(request, 'From')],
      ['To', to.includes(';tag=') || status.startsWith('100') ? to : `${to};tag=${toTag}`],
      ['Call-ID', valueOf(request, 'Call-ID')],
      ['CSeq', valueOf(request, 'CSeq')],
      ['Contact', `<sip:carrier@127.0.0.1:${this.port}>`],
      ...(body === '' ? [] : [['Content-Type', 'application/sdp'] as [string, string]]),
    ];
    const given = new Set(more.map(([name]) => name));
    this.socket.send(
      { start: `SIP/2.0 ${status}`, headers: [...headers.filter(([name]) => !given.has(name)), ...more], body },
      port,
    );
  }
}

/** The transaction: an INVITE that is sent again has the branch of the first (RFC 3261, section 17.2.3). */
function callOf(invite: SipMessage): string {
  return valueOf(invite, 'Via');
}
