import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { NotificationListener } from '../../../apps/api/src/platform/database/notification-listener.js';

describe('NotificationListener', () => {
  it('comes back to a server that is down ever more rarely, and complains once', async () => {
    const comingsAtMs: number[] = [];
    const lost: string[] = [];
    let fifth = () => {};
    const came = new Promise<void>((resolve) => (fifth = resolve));
    const server = createServer((socket) => {
      comingsAtMs.push(performance.now());
      socket.destroy();
      if (comingsAtMs.length === 5) fifth();
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const listener = new NotificationListener(
      { host: '127.0.0.1', port, user: 'nobody', database: 'nothing' },
      'channel',
      { onMessage: () => {}, onListening: () => {}, onLost: (error) => lost.push(error.message) },
      { firstMs: 20, maxMs: 80 },
    );
    listener.start();
    // The timer of the listener keeps no process alive, but the server does.
    await came;
    await listener.stop();
    server.close();
    // At the least half of 20, 40, 80 and 80 ms; a millisecond each is the timers' own.
    expect(comingsAtMs[4]! - comingsAtMs[0]!).toBeGreaterThan(110 - 4);
    expect(lost).toHaveLength(1);
  });
});
