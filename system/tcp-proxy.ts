/** A wire between two programs that counts who connects, and can hold answers back. */
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import type { Scene } from './scene.ts';

export interface TcpProxy {
  readonly port: number;
  /** Connections taken since the start, those that led nowhere too. */
  readonly taken: number;
  /** Most connections that were open at the same moment since `taken` was last set back. */
  readonly mostOpen: number;
  forget(): void;
  /** The first byte of each connection, once each: 0x16 begins TLS. */
  readonly begun: ReadonlySet<number>;
  /** Ends every connection that is open. */
  cut(): void;
  /** Nothing is led on any more, in either direction, on any connection, new ones included; nobody is told. */
  freeze(): void;
  /** What came meanwhile is led on. */
  thaw(): void;
  /**
   * From now on what comes after the headers of an answer stays on its way, on connections that begin with a request for
   * this path, as behind a proxy that buffers; those that are open are cut. Null: no longer.
   */
  hold(path: string | null): void;
}

/** Leads every connection to a port of this machine; one that nobody listens on ends it. */
export async function startTcpProxy(scene: Scene, to: number): Promise<TcpProxy> {
  const open = new Set<Socket>();
  const paths = new Map<Socket, string>();
  const counted = { taken: 0, mostOpen: 0 };
  const both = new Set<Socket>();
  const begun = new Set<number>();
  let isFrozen = false;
  let held: string | null = null;
  const server = createServer((near) => {
    counted.taken += 1;
    open.add(near);
    counted.mostOpen = Math.max(counted.mostOpen, open.size);
    const far = connect(to, '127.0.0.1');
    for (const socket of [near, far]) {
      both.add(socket);
      socket.on('close', () => both.delete(socket));
      if (isFrozen) socket.pause();
    }
    near.once('data', (first: Buffer) => {
      begun.add(first[0] ?? -1);
      const [, path = ''] = first.toString('latin1').split(/[ ?]/, 2);
      paths.set(near, path);
      far.write(first);
      near.pipe(far);
      if (held === null || path !== held) far.pipe(near);
      else passHeaders(far, near);
    });
    near.on('error', () => far.destroy()).on('close', () => far.destroy());
    far.on('error', () => near.destroy()).on('close', () => near.destroy());
    near.on('close', () => {
      open.delete(near);
      paths.delete(near);
    });
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
    begun,
    cut() {
      for (const socket of open) socket.destroy();
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
    hold(path) {
      held = path;
      for (const [socket, of] of paths) if (of === path) socket.destroy();
    },
  };
}

/** The rest is read and thrown away. */
function passHeaders(from: Socket, to: Socket): void {
  let passed = '';
  from.on('data', (bytes: Buffer) => {
    const before = passed.length;
    if (passed.includes('\r\n\r\n')) return;
    passed += bytes.toString('latin1');
    const end = passed.indexOf('\r\n\r\n');
    to.write(passed.slice(before, end < 0 ? undefined : end + 4), 'latin1');
  });
}
