import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { parseMessage, type SipMessage, writeMessage } from './sip-message.js';

/** A UDP port of 127.0.0.1 that speaks SIP. */
export class SipSocket {
  private constructor(
    private readonly socket: Socket,
    readonly port: number,
  ) {}

  static async open(receive: (message: SipMessage, fromPort: number) => void, port = 0): Promise<SipSocket> {
    const socket = createSocket('udp4');
    socket.on('message', (data, from) => receive(parseMessage(data.toString('latin1')), from.port));
    socket.bind(port, '127.0.0.1');
    await once(socket, 'listening');
    return new SipSocket(socket, socket.address().port);
  }

  send(message: SipMessage, port: number): void {
    this.socket.send(Buffer.from(writeMessage(message), 'latin1'), port, '127.0.0.1');
  }

  async close(): Promise<void> {
    this.socket.close();
    await once(this.socket, 'close');
  }
}

/** A port that nothing listens on, for a server that wants to be told one. */
export async function freeUdpPort(): Promise<number> {
  const socket = await SipSocket.open(() => undefined);
  await socket.close();
  return socket.port;
}

/** A small offer or answer; no test sends media. */
export const SDP = [
  'v=0',
  'o=- 1 1 IN IP4 127.0.0.1',
  's=-',
  'c=IN IP4 127.0.0.1',
  't=0 0',
  'm=audio 6000 RTP/AVP 0',
  '',
].join('\r\n');
