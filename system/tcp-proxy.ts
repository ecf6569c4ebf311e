/** A wire between two programs that counts who connects. */
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import type { Scene } from './scene.ts';

export interface TcpProxy {
  readonly port: number;
  /** Connections taken since the start, those that led nowhere too. */
  readonly taken: number;
  /** Most connections that were open at the same moment since `taken` was last set back. */
  readonly mostOpen: number;
  forget(): void;
  /** Nothing is led on any more, in either direction, on any connection, new ones included; nobody is told. */
  freeze(): void;
  /** What came meanwhile is led on. */
  thaw(): void;
}

/** Leads every connection to a port of this machine; one that nobody listens on ends it. */
export async function startTcpProxy(scene: Scene, to: number): Promise<TcpProxy> {
  const open = new Set<Socket>();
  const counted = { taken: 0, mostOpen: 0 };
  const both = new Set<Socket>();
  let isFrozen = false;
  const server = createServer((near) => {
    counted.taken += 1;
    open.add(near);
    counted.mostOpen = Math.max(counted.mostOpen, open.size);
    const far = connect(to, '127.0.0.1');
    near.pipe(far).pipe(near);
    for (const socket of [near, far]) {
      both.add(socket);
      socket.on('close', () => both.delete(socket));
      if (isFrozen) socket.pause();
    }
    near.on('error', () => far.destroy()).on('close', () => far.destroy());
    far.on('error', () => near.destroy()).on('close', () => near.destroy());
    near.on('close', () => open.delete(near));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  scene.atEnd(async () => {
    for (const socket of open) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
  return {
    port: (server.address() as AddressInfo).port,
    get taken() {
      return counted.taken;
    },
    get mostOpen() {
      return counted.mostOpen;
    },
    freeze() {
      isFrozen = true;
      for (const socket of both) socket.pause();
    },
    thaw() {
      isFrozen = false;
      for (const socket of both) socket.resume();
    },
    forget() {
      counted.taken = 0;
      counted.mostOpen = open.size;
    },
  };
}
