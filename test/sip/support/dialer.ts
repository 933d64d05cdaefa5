import { randomUUID } from 'node:crypto';
import { EventEmitter, once } from 'node:events';
import { SDP, SipSocket } from './sip-socket.js';
import { addressOf, methodOf, type SipMessage, statusOf, valueOf, valuesOf } from './sip-message.js';

const T1_MS = 500;
const SECONDS_OF_A_TRANSACTION = 32;

export interface CallOptions {
  callId?: string;
  cseq?: number;
  branch?: string;
  fromTag?: string;
  /** Whole request line's address; otherwise it is made of the number. */
  address?: string;
  headers?: [string, string][];
  /** How often the INVITE is sent without waiting for an answer: on a network that duplicates. */
  copies?: number;
}

/** A call as the dialer sees it. */
export class OutgoingCall {
  readonly responses: SipMessage[] = [];
  readonly final: Promise<SipMessage>;
  /** Settled when the CANCEL was answered. */
  readonly canceled: Promise<void>;
  readonly news = new EventEmitter();
  resolve!: (response: SipMessage) => void;
  resolveCanceled!: () => void;
  /** The request of either side that ended the call. */
  ended = false;

  constructor(
    readonly invite: SipMessage,
    private readonly dialer: Dialer,
  ) {
    this.final = new Promise((resolve) => (this.resolve = resolve));
    this.canceled = new Promise((resolve) => (this.resolveCanceled = resolve));
  }

  get isAnswered(): boolean {
    return this.responses.some((response) => statusOf(response) === 200);
  }

  /** Waits for a provisional response. */
  async heard(status: number): Promise<void> {
    while (!this.responses.some((response) => statusOf(response) === status)) await once(this.news, 'response');
  }

  async status(): Promise<number> {
    return statusOf(await this.final);
  }

  /** A request within the dialog, for example BYE or REFER. */
  async request(method: string, cseq: number, headers: [string, string][] = []): Promise<SipMessage> {
    return this.dialer.requestInDialog(this, await this.final, method, cseq, headers);
  }

  cancel(): void {
    this.dialer.cancel(this);
  }
}

/** A user agent client on UDP that sends an INVITE again until it hears something, as RFC 3261 section 17.1.1 says. */
export class Dialer {
  private readonly calls = new Map<string, OutgoingCall>();
  private readonly waiting = new Map<string, (response: SipMessage) => void>();
  private socket!: SipSocket;

  static async open(proxyPort: number): Promise<Dialer> {
    const dialer = new Dialer(proxyPort);
    dialer.socket = await SipSocket.open((message, from) => dialer.receive(message, from));
    return dialer;
  }

  private constructor(private readonly proxyPort: number) {}

  close(): Promise<void> {
    return this.socket.close();
  }

  call(destination: string, options: CallOptions = {}): OutgoingCall {
    const { callId = randomUUID(), cseq = 1, branch = `z9hG4bK${randomUUID()}`, fromTag = randomUUID() } = options;
    const address = options.address ?? `sip:${destination}@127.0.0.1:${this.proxyPort}`;
    const headers: [string, string][] = [
      ['Via', `SIP/2.0/UDP 127.0.0.1:${this.socket.port};branch=${branch}`],
      ['From', `"Dialer" <sip:+15550001111@127.0.0.1>;tag=${fromTag}`],
      ['To', `<${address}>`],
      ['Call-ID', callId],
      ['CSeq', `${cseq} INVITE`],
      ['Contact', `<sip:dialer@127.0.0.1:${this.socket.port}>`],
      ['Max-Forwards', '70'],
      ['Content-Type', 'application/sdp'],
      ...(options.headers ?? []),
    ];
    const call = new OutgoingCall({ start: `INVITE ${address} SIP/2.0`, headers, body: SDP }, this);
    this.calls.set(branch, call);
    for (let copy = 0; copy < (options.copies ?? 1); copy++) this.socket.send(call.invite, this.proxyPort);
    this.repeatUntilHeard(call, T1_MS);
    return call;
  }

  /** Asks the server whether it lives. @returns milliseconds until it answered, and not 503 */
  async options(withinMs: number): Promise<number> {
    const branch = `z9hG4bK${randomUUID()}`;
    const address = `sip:127.0.0.1:${this.proxyPort}`;
    const headers: [string, string][] = [
      ['Via', `SIP/2.0/UDP 127.0.0.1:${this.socket.port};branch=${branch}`],
      ['From', `<sip:monitor@127.0.0.1>;tag=${randomUUID()}`],
      ['To', `<${address}>`],
      ['Call-ID', randomUUID()],
      ['CSeq', '1 OPTIONS'],
      ['Max-Forwards', '70'],
    ];
    const sentAt = performance.now();
    return new Promise((resolve, reject) => {
      const late = setTimeout(() => reject(new Error(`No answer to OPTIONS within ${withinMs} ms`)), withinMs);
      this.waiting.set(branch, (response) => {
        clearTimeout(late);
        if (statusOf(response) !== 503) resolve(performance.now() - sentAt);
        else reject(new Error(`OPTIONS was answered ${response.start}`));
      });
      this.socket.send({ start: `OPTIONS ${address} SIP/2.0`, headers, body: '' }, this.proxyPort);
    });
  }

  cancel(call: OutgoingCall): void {
    const { invite } = call;
    const keep = ['Via', 'From', 'To', 'Call-ID', 'Max-Forwards'];
    const headers = [
      ...keep.map((name): [string, string] => [name, valueOf(invite, name)]),
      ['CSeq', `${valueOf(invite, 'CSeq').split(' ')[0]} CANCEL`] as [string, string],
    ];
    this.socket.send({ start: invite.start.replace('INVITE', 'CANCEL'), headers, body: '' }, this.proxyPort);
  }

  requestInDialog(
    call: OutgoingCall,
    answer: SipMessage,
    method: string,
    cseq: number,
    more: [string, string][],
  ): Promise<SipMessage> {
    const branch = `z9hG4bK${randomUUID()}`;
    this.socket.send(this.inDialog(call, answer, method, cseq, branch, more), this.proxyPort);
    return new Promise((resolve) => this.waiting.set(branch, resolve));
  }

  private inDialog(
    call: OutgoingCall,
    answer: SipMessage,
    method: string,
    cseq: number,
    branch: string,
    more: [string, string][] = [],
  ): SipMessage {
    const headers: [string, string][] = [
      ['Via', `SIP/2.0/UDP 127.0.0.1:${this.socket.port};branch=${branch}`],
      ...valuesOf(answer, 'Record-Route')
        .reverse()
        .map((route): [string, string] => ['Route', route]),
      ['From', valueOf(call.invite, 'From')],
      ['To', valueOf(answer, 'To')],
      ['Call-ID', valueOf(call.invite, 'Call-ID')],
      ['CSeq', `${cseq} ${method}`],
      ['Contact', `<sip:dialer@127.0.0.1:${this.socket.port}>`],
      ['Max-Forwards', '70'],
      ...more,
    ];
    return { start: `${method} ${addressOf(valueOf(answer, 'Contact'))} SIP/2.0`, headers, body: '' };
  }

  private receive(message: SipMessage, port: number): void {
    if (statusOf(message) === 0) return this.requested(message, port);
    const branch = /branch=([^;,\s]+)/.exec(valueOf(message, 'Via'))?.[1] ?? '';
    this.waiting.get(branch)?.(message);
    const call = this.calls.get(branch);
    if (call && methodOf(message) === 'CANCEL') call.resolveCanceled();
    if (!call || methodOf(message) !== 'INVITE') return;
    call.responses.push(message);
    call.news.emit('response');
    if (statusOf(message) < 200) return;
    this.acknowledge(call, message);
    call.resolve(message);
  }

  private acknowledge(call: OutgoingCall, answer: SipMessage): void {
    const cseq = Number(valueOf(call.invite, 'CSeq').split(' ')[0]);
    if (statusOf(answer) < 300) {
      return this.socket.send(this.inDialog(call, answer, 'ACK', cseq, `z9hG4bK${randomUUID()}`), this.proxyPort);
    }
    const headers: [string, string][] = [
      ['Via', valueOf(call.invite, 'Via')],
      ['From', valueOf(call.invite, 'From')],
      ['To', valueOf(answer, 'To')],
      ['Call-ID', valueOf(call.invite, 'Call-ID')],
      ['CSeq', `${cseq} ACK`],
      ['Max-Forwards', '70'],
    ];
    this.socket.send({ start: call.invite.start.replace('INVITE', 'ACK'), headers, body: '' }, this.proxyPort);
  }

  /** The far end hangs up. */
  private requested(request: SipMessage, port: number): void {
    const headers = request.headers.filter(([name]) => /^(via|from|to|call-id|cseq)$/i.test(name));
    this.socket.send({ start: 'SIP/2.0 200 OK', headers, body: '' }, port);
    for (const call of this.calls.values()) {
      if (valueOf(call.invite, 'Call-ID') === valueOf(request, 'Call-ID')) call.ended = true;
    }
  }

  private repeatUntilHeard(call: OutgoingCall, afterMs: number): void {
    const timer = setTimeout(() => {
      if (call.responses.length > 0 || afterMs > SECONDS_OF_A_TRANSACTION * 1000) return;
      this.socket.send(call.invite, this.proxyPort);
      this.repeatUntilHeard(call, afterMs * 2);
    }, afterMs);
    timer.unref();
  }
}
