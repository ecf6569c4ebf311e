import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { createLogger } from '../telemetry/index.ts';
import { createListener, type Listener, type ListenerOptions } from './listener.ts';

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

const listeners: Listener[] = [];
const sockets: Socket[] = [];
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await Promise.all(listeners.splice(0).map((listener) => listener.stop(0)));
});

interface Started {
  readonly listener: Listener;
  readonly url: string;
  readonly port: number;
  readonly log: Record<string, unknown>[];
}

async function start(fallback: Handler, options: Partial<ListenerOptions> = {}): Promise<Started> {
  const log: Record<string, unknown>[] = [];
  const destination = { write: (line: string) => void log.push(JSON.parse(line) as Record<string, unknown>) };
  const logger = createLogger({ level: 'warn', name: 'test', destination });
  const listener = createListener({ host: '127.0.0.1', port: 0, mounts: [], fallback, logger, ...options });
  listeners.push(listener);
  return { listener, log, ...(await listener.start()) };
}

const hello: Handler = (_request, response) => void response.end('hello');

/** A connection by hand: what was received, and when it ended. */
async function dial(port: number): Promise<{ socket: Socket; received: () => string; ended: Promise<string> }> {
  const socket = connect(port, '127.0.0.1');
  sockets.push(socket);
  let text = '';
  socket.on('data', (chunk: Buffer) => (text += chunk.toString('latin1')));
  socket.on('error', () => undefined);
  const ended = new Promise<string>((resolve) => void socket.once('close', () => resolve(text)));
  await once(socket, 'connect');
  return { socket, received: () => text, ended };
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await sleep(2);
}

function problemOf(answer: string): Record<string, unknown> {
  return JSON.parse(answer.slice(answer.indexOf('\r\n\r\n') + 4)) as Record<string, unknown>;
}

describe('a listener', () => {
  it('asks its mounts in order and then the fallback', async () => {
    const mount = (name: string, prefix: string) => ({
      handle(request: IncomingMessage, response: ServerResponse): boolean {
        if (!request.url?.startsWith(prefix)) return false;
        response.end(name);
        return true;
      },
    });
    const { url } = await start(hello, {
      mounts: [mount('first', '/a'), mount('second', '/a/b'), mount('third', '/c')],
    });
    const answers = await Promise.all(['/a/b', '/c', '/'].map(async (path) => (await fetch(url + path)).text()));
    expect(answers).toEqual(['first', 'third', 'hello']);
  });

  it('gives a URL that works for a wildcard address', async () => {
    const { url, port } = await start(hello, { host: '0.0.0.0' });
    expect(url).toBe(`http://localhost:${port}`);
    expect(await (await fetch(url)).text()).toBe('hello');
  });

  it('says which port is taken and how to choose another', async () => {
    const { port } = await start(hello);
    await expect(start(hello, { port })).rejects.toThrow(
      `Port ${port} on 127.0.0.1 is already in use. Stop the program that uses it, or choose another port (setting \`port\`; 0 takes any free one).`,
    );
  });

  it('says that an address is not of this machine', async () => {
    await expect(start(hello, { host: '192.0.2.1' })).rejects.toThrow('192.0.2.1 is not an address of this machine');
  });

  it('answers 500 and logs when a handler throws, and goes on serving', async () => {
    const { url, log } = await start((request) => {
      throw new Error(`broken at ${request.url}`);
    });
    for (let i = 1; i <= 2; i++) {
      const response = await fetch(`${url}/flags?token=s3cret`, { method: 'POST', body: 'x'.repeat(100_000) });
      expect(response.status).toBe(500);
      expect(response.headers.get('content-type')).toBe('application/problem+json');
      expect(await response.json()).toMatchObject({ type: 'about:blank', status: 500, code: 'internal' });
      expect(log).toHaveLength(i);
    }
    expect(log[0]).toMatchObject({ msg: 'a request handler failed', req: { method: 'POST', path: '/flags' } });
  });

  it('cuts the connection when a handler throws in the middle of an answer', async () => {
    const { url, log } = await start((_request, response) => {
      response.writeHead(200, { 'content-length': 100 });
      response.write('half');
      throw new Error('broken');
    });
    await expect(fetch(url).then((response) => response.text())).rejects.toThrow();
    expect(log).toHaveLength(1);
  });

  it('refuses a path that is too long with 414', async () => {
    const { url } = await start(hello, { limits: { maxUrlLength: 20 } });
    expect((await fetch(`${url}/${'a'.repeat(19)}`)).status).toBe(200);
    const response = await fetch(`${url}/${'a'.repeat(20)}`);
    expect(response.status).toBe(414);
    expect(await response.json()).toMatchObject({ code: 'url_too_long' });
  });
});

describe('a request that cannot be read', () => {
  it.each([
    'NONSENSE\r\n\r\n',
    'GET / HTTP/9.9\r\n\r\n',
    '\x16\x03\x01\x02\x00\x01',
    'GET / HTTP/1.1\r\nhost: x\r\nbad header\r\n\r\n',
  ])('is answered with 400, the connection closed, and others served: %j', async (text) => {
    const { url, port } = await start(hello);
    const { socket, ended } = await dial(port);
    socket.write(text, 'latin1');
    const answer = await ended;
    expect(answer).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/);
    expect(problemOf(answer)).toMatchObject({ status: 400, code: 'request_malformed' });
    expect(await (await fetch(url)).text()).toBe('hello');
  });

  it('is answered with 431 when its headers are larger than 16 KiB', async () => {
    const { port } = await start(hello);
    const { socket, ended } = await dial(port);
    socket.write(`GET / HTTP/1.1\r\nhost: x\r\nlong: ${'a'.repeat(17_000)}\r\n\r\n`);
    expect(problemOf(await ended)).toMatchObject({ status: 431, code: 'headers_too_large' });
  });

  it('is answered with 408 when its headers come too slowly', async () => {
    const { port } = await start(hello, { limits: { headersTimeoutMs: 150 } });
    const { socket, ended } = await dial(port);
    socket.write('GET / HTTP/1.1\r\nhost:');
    expect(problemOf(await ended)).toMatchObject({ status: 408, code: 'request_timeout' });
  });

  it('is answered with 408 when it does not even begin', async () => {
    const { port } = await start(hello, { limits: { headersTimeoutMs: 150 } });
    const { ended } = await dial(port);
    expect(problemOf(await ended)).toMatchObject({ status: 408, code: 'request_timeout' });
  });

  it('is answered with 408 when its body does not arrive, though nobody reads it', async () => {
    const { port } = await start(() => undefined, { limits: { headersTimeoutMs: 100, requestTimeoutMs: 150 } });
    const { socket, ended } = await dial(port);
    socket.write('POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 10\r\n\r\nabc');
    expect(problemOf(await ended)).toMatchObject({ status: 408, code: 'request_timeout' });
  });

  it('does not write into an answer that is under way', async () => {
    const { port } = await start((_request, response) => {
      response.writeHead(200, { 'content-length': 100 });
      response.write('half of the answer');
    });
    const { socket, received, ended } = await dial(port);
    socket.write('GET / HTTP/1.1\r\nhost: x\r\n\r\n');
    await until(() => received().endsWith('half of the answer'));
    socket.write('NONSENSE\r\n\r\n');
    expect(await ended).toMatch(/half of the answer$/);
  });

  it('is not mistaken for the answer to the request before it', async () => {
    const { port } = await start(() => undefined);
    const { socket, ended } = await dial(port);
    socket.write('GET / HTTP/1.1\r\nhost: x\r\n\r\nNONSENSE\r\n\r\n');
    expect(await ended).toBe('');
  });

  it('is answered after earlier requests on the same connection were', async () => {
    const { port } = await start(hello);
    const { socket, received, ended } = await dial(port);
    socket.write('GET / HTTP/1.1\r\nhost: x\r\n\r\n');
    await until(() => received().endsWith('hello'));
    socket.write('NONSENSE\r\n\r\n');
    expect((await ended).split('hello')[1]).toMatch(/^HTTP\/1\.1 400 /);
  });
});

describe('a long answer', () => {
  it('is not cut by the limits on receiving a request', async () => {
    const { url } = await start(
      (_request, response) => {
        response.write('start;');
        setTimeout(() => response.end('end'), 700);
      },
      { limits: { headersTimeoutMs: 100, requestTimeoutMs: 100, keepAliveTimeoutMs: 100 } },
    );
    expect(await (await fetch(url)).text()).toBe('start;end');
  });
});

describe('an answer that its reader does not take', () => {
  const LARGE = Buffer.alloc(32 << 20, 'x');
  const limits = { answerStallMs: 1_000 };
  const GET = (path: string) => `GET ${path} HTTP/1.1\r\nhost: x\r\n\r\n`;

  it('is cut, whether it was written at once or in pieces, and one that is taken slowly is not', async () => {
    let cut = 0;
    const { port } = await start(
      (request, response) => {
        if (request.url !== '/slowly') request.socket.once('close', () => cut++);
        if (request.url !== '/pieces') response.end(LARGE);
        else for (let i = 0; i < 32; i++) response.write(LARGE.subarray(i << 20, (i + 1) << 20));
      },
      { limits },
    );
    for (const path of ['/', '/pieces']) {
      const { socket } = await dial(port);
      socket.pause();
      socket.write(GET(path));
    }
    const slow = await dial(port);
    slow.socket.on('data', () => {
      if (cut === 2) return;
      slow.socket.pause();
      setTimeout(() => slow.socket.resume(), 10);
    });
    slow.socket.write(GET('/slowly'));
    await until(() => cut === 2);
    await until(() => slow.received().length > LARGE.length);
  });

  it('is not cut while the rest of it is still being made', async () => {
    const open: ServerResponse[] = [];
    const { port } = await start((_request, response) => void open.push(response), { limits });
    const { socket, received } = await dial(port);
    socket.pause();
    socket.write(GET('/'));
    await until(() => open.length === 1);
    // More than fits anywhere: it is watched until it has left.
    open[0]?.write(LARGE);
    await sleep(limits.answerStallMs * 0.75);
    socket.resume();
    await until(() => received().length > LARGE.length);
    await sleep(limits.answerStallMs * 2);
    open[0]?.end('end');
    await until(() => received().endsWith('end\r\n0\r\n\r\n'));
  });
});

describe('stopping a listener', () => {
  it('closes idle connections at once, used or not, and accepts no new ones', async () => {
    const { listener, port, url } = await start(hello);
    const used = await dial(port);
    const unused = await dial(port);
    used.socket.write('GET / HTTP/1.1\r\nhost: x\r\n\r\n');
    await until(() => used.received().endsWith('hello'));
    await listener.stop(60_000);
    await Promise.all([used.ended, unused.ended]);
    await expect(fetch(url)).rejects.toThrow();
  });

  it('lets open requests finish and then closes their connections', async () => {
    const open: ServerResponse[] = [];
    const { listener, port } = await start((_request, response) => void open.push(response));
    const [one, two] = [await dial(port), await dial(port)];
    for (const { socket } of [one, two]) socket.write('GET / HTTP/1.1\r\nhost: x\r\n\r\n');
    await until(() => open.length === 2);
    open.at(1)!.write('begun;');
    await until(() => two.received().includes('begun;'));
    let stopped = false;
    const stopping = listener.stop(60_000).then(() => (stopped = true));
    await sleep(50);
    expect(stopped).toBe(false);
    for (const response of open) response.end('done');
    await stopping;
    expect(await one.ended).toMatch(/connection: close[^]*done$/i);
    expect(await two.ended).toContain('done');
  });

  it('cuts what is still open at the deadline', async () => {
    const { listener, port } = await start((_request, response) => void response.write('stream'));
    const { socket, received, ended } = await dial(port);
    socket.write('GET / HTTP/1.1\r\nhost: x\r\n\r\n');
    await until(() => received().includes('stream'));
    const startedAt = performance.now();
    await listener.stop(80);
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(78);
    await ended;
  });

  it('is the same for every call, and works before the start', async () => {
    const { listener } = await start(hello);
    expect(listener.stop(10)).toBe(listener.stop(10_000));
    await listener.stop(10);
    const logger = createLogger({ level: 'silent', name: 'test' });
    const unstarted = createListener({ host: '127.0.0.1', port: 0, mounts: [], fallback: hello, logger });
    await unstarted.stop(10);
    await expect(unstarted.start()).rejects.toThrow('A listener is started once.');
  });
});
