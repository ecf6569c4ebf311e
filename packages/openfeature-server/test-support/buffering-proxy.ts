import { createServer, request, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A proxy that passes answers on whole: what it has of one that does not end, nobody sees. */
export class BufferingProxy {
  /** Whether it passes the head of an answer on before its body. */
  readonly #headsAtOnce: boolean;
  /** Set false: it lets streams through as they come. */
  buffering = true;
  readonly #server: Server;

  private constructor(target: string, headsAtOnce: boolean) {
    this.#headsAtOnce = headsAtOnce;
    this.#server = createServer((incoming, outgoing) => {
      const upstream = request(target + (incoming.url ?? ''), { method: incoming.method, headers: incoming.headers });
      upstream.on('error', () => outgoing.destroy());
      outgoing.on('close', () => upstream.destroy());
      upstream.on('response', (answer) => {
        const begin = (): ServerResponse => outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
        if (!this.buffering) {
          begin();
          answer.pipe(outgoing);
          return;
        }
        if (this.#headsAtOnce) begin().flushHeaders();
        const chunks: Buffer[] = [];
        answer.on('data', (chunk: Buffer) => chunks.push(chunk));
        answer.on('end', () => {
          if (!outgoing.headersSent) begin();
          outgoing.end(Buffer.concat(chunks));
        });
      });
      incoming.pipe(upstream);
    });
  }

  static async open(target: string, headsAtOnce: boolean): Promise<BufferingProxy> {
    const proxy = new BufferingProxy(target, headsAtOnce);
    await new Promise<void>((resolve) => proxy.#server.listen(0, '127.0.0.1', resolve));
    return proxy;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  close(): Promise<void> {
    return new Promise((resolve) => {
      this.#server.close(() => resolve());
      this.#server.closeAllConnections();
    });
  }
}
