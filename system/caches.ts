/** Caches as they are met on the way that are not made for this: written here, because nobody configures a good one so. */
import { request as ask, createServer, type IncomingMessage, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Scene } from './scene.ts';

export interface WatchedWay {
  readonly port: number;
  /** Path and status of every answer that came from behind. */
  readonly answers: readonly string[];
  /** From now on every answer but that of `/readyz` is this status; null: as it comes. */
  refuse(status: number | null): void;
  /** Every connection is cut and none is taken any more; and taken again. */
  cut(): Promise<void>;
  mend(): Promise<void>;
}

/** Hands everything on as it is. */
export async function startWatchedWay(scene: Scene, upstream: string): Promise<WatchedWay> {
  const answers: string[] = [];
  let refusal: number | null = null;
  const server = createServer((request, response) => {
    const asked = ask(`${upstream}${request.url}`, { method: request.method, headers: request.headers }, (answer) => {
      const refused = request.url === '/readyz' ? null : refusal;
      const status = refused ?? answer.statusCode ?? 502;
      answers.push(`${request.url} ${status}`);
      if (refused !== null) {
        answer.resume();
        response.writeHead(refused, { 'content-type': 'text/plain' }).end('refused');
        return;
      }
      response.writeHead(status, answer.headers);
      answer.on('error', () => response.destroy());
      answer.pipe(response);
    });
    asked.on('error', () => response.destroy());
    response.on('close', () => asked.destroy());
    request.pipe(asked);
  });
  const listen = (port: number): Promise<void> =>
    new Promise((resolve) => server.listen(port, '127.0.0.1', () => resolve()));
  const cut = (): Promise<void> =>
    new Promise((resolve) => {
      if (!server.listening) return resolve();
      server.close(() => resolve());
      server.closeAllConnections();
    });
  await listen(0);
  const { port } = server.address() as AddressInfo;
  scene.atEnd(cut);
  return { port, answers, refuse: (status) => void (refusal = status), cut, mend: () => listen(port) };
}

/**
 * A cache that looks at nothing but the address: no key, no `Vary`, no `Cache-Control`; what was 200 once is kept for good.
 * Streams it holds back as a whole.
 */
export async function startCarelessCache(scene: Scene, upstream: string): Promise<string> {
  const kept = new Map<string, { readonly type: string; readonly body: Buffer }>();
  const listener: RequestListener = (request, response) => {
    const { url = '/', method = 'GET' } = request;
    const found = method === 'GET' ? kept.get(url) : undefined;
    if (found !== undefined) {
      response.writeHead(200, { 'content-type': found.type }).end(found.body);
      return;
    }
    const { 'accept-encoding': _, ...headers } = request.headers;
    const asked = ask(
      `${upstream}${url}`,
      { method, headers, agent: false },
      (answer) =>
        void read(answer).then(
          (body) => {
            const type = answer.headers['content-type'] ?? 'text/plain';
            if (method === 'GET' && answer.statusCode === 200) kept.set(url, { type, body });
            response.writeHead(answer.statusCode ?? 502, { 'content-type': type }).end(body);
          },
          () => response.destroy(),
        ),
    );
    asked.on('error', () => response.destroy());
    response.on('close', () => asked.destroy());
    request.pipe(asked);
  };
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  scene.atEnd(
    () =>
      new Promise((resolve) => {
        server.close(resolve);
        server.closeAllConnections();
      }),
  );
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function read(answer: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of answer) parts.push(part as Buffer);
  return Buffer.concat(parts);
}
