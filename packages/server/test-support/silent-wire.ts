/** A wire between a server and PostgreSQL whose other end goes away without a word, as a machine does that loses its power. */
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

export interface SilentWire {
  /** The database's address, by this wire. */
  readonly url: string;
  /** Connections that are open now carry nothing any more, either way, and are not closed. New ones work. */
  silence(): void;
  close(): Promise<void>;
}

export async function startSilentWire(databaseUrl: string): Promise<SilentWire> {
  const target = new URL(databaseUrl);
  const open = new Set<Socket>();
  const server = createServer((near) => {
    const far = connect(Number(target.port), target.hostname);
    for (const socket of [near, far]) open.add(socket);
    near.on('error', () => far.destroy()).on('close', () => far.destroy());
    far.on('error', () => near.destroy()).on('close', () => near.destroy());
    near.pipe(far);
    far.pipe(near);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = new URL(databaseUrl);
  url.port = String((server.address() as AddressInfo).port);
  return {
    url: url.href,
    silence() {
      for (const socket of open) {
        // Read, so that the system takes what is sent and nobody notices; and led nowhere.
        socket.unpipe();
        socket.resume();
      }
    },
    async close() {
      for (const socket of open) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
