import { readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import path from 'node:path';

/** The port of the last start, so that a bookmarked address stays good; another one when that is taken by now. */
export async function choosePort(dataDir: string): Promise<number> {
  const options = await readFile(path.join(dataDir, 'postmaster.opts'), 'utf8').catch(() => '');
  const last = /"-p" "(\d+)"/.exec(options);
  return (last && (await probe(Number(last[1])).catch(() => null))) ?? probe(0);
}

/** Takes the port (0: any) for a moment, and says which it was. */
function probe(port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}
