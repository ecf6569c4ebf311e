import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type Server as TcpServer, type Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { request, type RequestError, type RequestOptions } from './request.ts';

const open: (Server | TcpServer)[] = [];
const sockets: Socket[] = [];
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  for (const server of open.splice(0)) {
    if ('closeAllConnections' in server) server.closeAllConnections();
    server.close();
    await once(server, 'close');
  }
});

async function listen(server: Server | TcpServer): Promise<string> {
  open.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const serve = (handler: RequestListener): Promise<string> => listen(createServer(handler));

/** A server that speaks HTTP by hand: `answer` gets each request's number on its connection, from 1. */
function serveByHand(answer: (socket: Socket, number: number) => void): Promise<string> {
  const server = createTcpServer((socket) => {
    sockets.push(socket);
    let number = 0;
    socket.on('error', () => undefined);
    socket.on('data', () => answer(socket, ++number));
  });
  return listen(server);
}

const send = (url: string, options: Partial<RequestOptions> = {}) =>
  request({ url, method: 'GET', headers: {}, timeoutMs: 5_000, maxBytes: 10_000, ...options });

const failure = (sent: Promise<unknown>): Promise<RequestError> =>
  sent.then(
    () => {
      throw new Error('The request was expected to fail.');
    },
    (error: unknown) => error as RequestError,
  );

describe('request', () => {
  it('sends method, headers and body, and returns status, headers and text', async () => {
    const url = await serve((incoming, response) => {
      let body = '';
      incoming.on('data', (chunk: Buffer) => (body += chunk.toString()));
      incoming.on('end', () => {
        const { method, url, headers } = incoming;
        response.writeHead(201, { 'x-revision': '7' });
        response.end(
          JSON.stringify({ method, url, key: headers['x-api-key'], length: headers['content-length'], body }),
        );
      });
    });
    const sent = { method: 'POST', headers: { 'X-API-Key': 'k' }, body: '{"é":1}' };
    const { status, headers, body } = await send(`${url}/a?b=c`, sent);
    expect(status).toBe(201);
    expect(headers['x-revision']).toBe('7');
    expect(JSON.parse(body)).toEqual({ method: 'POST', url: '/a?b=c', key: 'k', length: '8', body: '{"é":1}' });
  });

  it('returns answers of every status, and does not follow redirects', async () => {
    const url = await serve((incoming, response) => {
      response.writeHead(Number(incoming.url?.slice(1)), { location: '/200' }).end();
    });
    for (const status of [204, 302, 304, 404, 500]) expect((await send(`${url}/${status}`)).status).toBe(status);
  });

  it('uses a connection again', async () => {
    const ports = new Set<number | undefined>();
    const url = await serve((incoming, response) => {
      ports.add(incoming.socket.remotePort);
      response.end('ok');
    });
    for (let i = 0; i < 5; i++) await send(url);
    expect(ports.size).toBe(1);
  });

  it('asks for gzip and decodes it', async () => {
    const url = await serve((incoming, response) => {
      expect(incoming.headers['accept-encoding']).toBe('gzip');
      response.writeHead(200, { 'content-encoding': 'gzip' });
      response.end(incoming.method === 'HEAD' ? undefined : gzipSync('hello '.repeat(100)));
    });
    expect((await send(url)).body).toBe('hello '.repeat(100));
    expect((await send(url, { method: 'HEAD' })).body).toBe('');
  });

  it('refuses an answer larger than the limit, plain or compressed', async () => {
    const url = await serve((incoming, response) => {
      const body = Buffer.alloc(Number(incoming.url?.split('/')[2]), 'a');
      const gzip = incoming.url?.startsWith('/gzip');
      response.writeHead(200, gzip ? { 'content-encoding': 'gzip' } : {}).end(gzip ? gzipSync(body) : body);
    });
    for (const form of ['plain', 'gzip']) {
      expect((await send(`${url}/${form}/10000`)).body).toHaveLength(10_000);
      expect(await failure(send(`${url}/${form}/10001`))).toMatchObject({ name: 'RequestError', reason: 'size' });
    }
    expect(await failure(send(`${url}/gzip/50000000`))).toMatchObject({ reason: 'size' });
  });

  it('refuses an encoding that it did not ask for, and gzip that is none', async () => {
    const url = await serve((incoming, response) => {
      response.writeHead(200, { 'content-encoding': incoming.url?.slice(1) }).end('hello');
    });
    expect(await failure(send(`${url}/br`))).toMatchObject({ reason: 'encoding' });
    expect(await failure(send(`${url}/gzip`))).toMatchObject({ reason: 'encoding' });
  });

  it('gives up at its deadline when nothing is answered, and when the answer never ends', async () => {
    const url = await serve((incoming, response) => {
      if (incoming.url === '/begun') response.write('begun');
    });
    for (const path of ['/silent', '/begun']) {
      const startedAt = performance.now();
      const error = await failure(send(`${url}${path}?token=s3cret`, { timeoutMs: 100 }));
      expect(error).toMatchObject({ name: 'RequestError', reason: 'timeout' });
      expect(error.message).toMatch(new RegExp(`^GET ${url}${path}: no .*answer within 100 ms\\.$`));
      expect(performance.now() - startedAt).toBeGreaterThanOrEqual(98);
    }
  });

  it('gives up at once when it is told to', async () => {
    const url = await serve((incoming, response) => {
      if (incoming.url === '/begun') response.write('begun');
    });
    expect(await failure(send(url, { signal: AbortSignal.abort() }))).toMatchObject({ reason: 'aborted' });
    for (const path of ['/silent', '/begun']) {
      const controller = new AbortController();
      setTimeout(() => controller.abort(), 50);
      expect(await failure(send(url + path, { signal: controller.signal }))).toMatchObject({ reason: 'aborted' });
    }
  });

  it('says when nobody listens, when an answer is cut short, and when an address is none', async () => {
    const gone = createTcpServer();
    const nobody = await listen(gone);
    gone.close();
    expect(await failure(send(nobody))).toMatchObject({ reason: 'connection' });
    open.length = 0;
    const cut = await serve((_incoming, response) => {
      response.writeHead(200, { 'content-length': 100 });
      response.write('half', () => response.destroy());
    });
    expect(await failure(send(cut))).toMatchObject({ reason: 'connection' });
    expect(await failure(send('nonsense'))).toMatchObject({ reason: 'address' });
    expect(await failure(send('ftp://127.0.0.1/'))).toMatchObject({ reason: 'address' });
  });
});

describe('a kept connection that its server closes just then', () => {
  const OK = 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok';

  it('is replaced by a new one, once, for a method that may be repeated', async () => {
    let requests = 0;
    const url = await serveByHand((socket, number) => {
      requests++;
      if (number === 1) socket.write(OK);
      else socket.destroy();
    });
    expect((await send(url)).body).toBe('ok');
    expect((await send(url)).body).toBe('ok');
    expect(requests).toBe(3);
  });

  it('fails a POST, which may have been carried out', async () => {
    let requests = 0;
    const url = await serveByHand((socket, number) => {
      requests++;
      if (number === 1) socket.write(OK);
      else socket.destroy();
    });
    expect((await send(url)).body).toBe('ok');
    expect(await failure(send(url, { method: 'POST', body: 'x' }))).toMatchObject({ reason: 'connection' });
    expect(requests).toBe(2);
  });

  it('is tried no third time', async () => {
    let requests = 0;
    const url = await serveByHand((socket) => {
      requests++;
      if (requests === 1) socket.write(OK);
      else socket.destroy();
    });
    expect((await send(url)).body).toBe('ok');
    expect(await failure(send(url))).toMatchObject({ reason: 'connection' });
    expect(requests).toBe(3);
  });
});
