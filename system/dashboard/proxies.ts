/** What stands between browsers and the server in companies. */
import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { createCertificate } from '@flaghoist/testkit';
import type { Scene } from '../scene.ts';

export interface TlsProxy {
  readonly url: string;
  /** What answers behind it; to be told before the first request. */
  serve(port: number): void;
}

/** Ends TLS, with a certificate that nobody vouches for, and passes on what is in it. */
export async function startTlsProxy(scene: Scene): Promise<TlsProxy> {
  let target = 0;
  const server = createTlsServer(createCertificate('localhost'), (incoming, response) =>
    pass(incoming, response, target, { 'x-forwarded-for': incoming.socket.remoteAddress ?? '' }),
  );
  const port = await listen(scene, server);
  return { url: `https://localhost:${port}`, serve: (next) => void (target = next) };
}

/** A proxy that browsers are told to use: whatever host they ask for, this server answers, by the name that they know. */
export async function startForwardProxy(scene: Scene, target: number): Promise<string> {
  const server = createServer((incoming, response) => pass(incoming, response, target, {}));
  return `http://127.0.0.1:${await listen(scene, server)}`;
}

function pass(
  incoming: IncomingMessage,
  response: ServerResponse,
  port: number,
  more: Readonly<Record<string, string>>,
): void {
  const { pathname, search } = new URL(incoming.url ?? '/', 'http://any.example');
  const options = { port, method: incoming.method, path: pathname + search, headers: { ...incoming.headers, ...more } };
  const outgoing = request({ host: '127.0.0.1', ...options }, (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(response);
  });
  outgoing.on('error', () => response.destroy());
  response.on('close', () => outgoing.destroy());
  incoming.pipe(outgoing);
}

async function listen(scene: Scene, server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  scene.atEnd(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return (server.address() as AddressInfo).port;
}
