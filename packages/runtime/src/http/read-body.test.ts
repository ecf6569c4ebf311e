import { once } from 'node:events';
import { createServer, type IncomingMessage, request as httpRequest, type Server } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { deflateSync, gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type BodyResult, readBody } from './read-body.ts';
import { sendProblem } from './send-problem.ts';

const LIMIT = 1_000;
let server: Server;
let port = 0;
let deadlineMs = 0;
let results: BodyResult[] = [];
let received: IncomingMessage[] = [];

beforeEach(async () => {
  results = [];
  received = [];
  deadlineMs = 5_000;
  server = createServer((request, response) => {
    received.push(request);
    void readBody(request, { limitBytes: LIMIT, deadlineMs }).then((result) => {
      results.push(result);
      if (result.ok) response.end(result.body);
      else sendProblem(response, { ...result, title: 'The body cannot be read' });
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  port = (server.address() as AddressInfo).port;
});
afterEach(async () => {
  server.closeAllConnections();
  server.close();
  await once(server, 'close');
});

interface Answer {
  readonly status: number;
  readonly text: string;
  readonly code: unknown;
}

/** Sends chunks with the announced length, or chunked when there is none. */
function post(body: readonly Uint8Array[], headers: Record<string, string | number> = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const outgoing = httpRequest({ host: '127.0.0.1', port, method: 'POST', headers }, (incoming) => {
      const chunks: Buffer[] = [];
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
      incoming.on('end', () => {
        const text = Buffer.concat(chunks).toString();
        const problem = incoming.headers['content-type'] === 'application/problem+json';
        const code: unknown = problem ? (JSON.parse(text) as { code: unknown }).code : undefined;
        resolve({ status: incoming.statusCode ?? 0, text, code });
      });
    });
    outgoing.on('error', reject);
    for (const chunk of body) outgoing.write(chunk);
    outgoing.end();
  });
}

const bytes = (length: number): Buffer => Buffer.alloc(length, 'a');
const withLength = (body: Uint8Array, headers: Record<string, string> = {}): Promise<Answer> =>
  post([body], { ...headers, 'content-length': body.byteLength });
const GZIP = { 'content-encoding': 'gzip' };

async function dial(head: string): Promise<{ socket: Socket; answer: Promise<string> }> {
  const socket = connect(port, '127.0.0.1');
  let text = '';
  socket.on('data', (chunk: Buffer) => (text += chunk.toString()));
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  socket.write(`POST / HTTP/1.1\r\nhost: x\r\n${head}\r\n\r\n`);
  // Not events.once: it would reject at a reset.
  return { socket, answer: new Promise((resolve) => void socket.once('close', () => resolve(text))) };
}

describe('readBody', () => {
  it('reads a body of exactly the limit, announced or chunked', async () => {
    expect(await withLength(bytes(LIMIT))).toMatchObject({ status: 200, text: 'a'.repeat(LIMIT) });
    expect(await post([bytes(600), bytes(400)])).toMatchObject({ status: 200, text: 'a'.repeat(LIMIT) });
  });

  it('reads no body as an empty one', async () => {
    expect(await withLength(bytes(0))).toMatchObject({ status: 200, text: '' });
    expect(await post([])).toMatchObject({ status: 200, text: '' });
  });

  it('refuses one byte more with 413, announced or chunked', async () => {
    expect(await withLength(bytes(LIMIT + 1))).toMatchObject({ status: 413, code: 'body_too_large' });
    expect(await post([bytes(600), bytes(401)])).toMatchObject({ status: 413, code: 'body_too_large' });
  });

  it('refuses an announced length without waiting for the body', async () => {
    const { socket, answer } = await dial('content-length: 1000000000000');
    await once(socket, 'data');
    socket.destroy();
    expect(await answer).toMatch(/^HTTP\/1\.1 413 /);
  });

  it('keeps the connection usable after a refusal of a body that is not much too large', async () => {
    const { socket, answer } = await dial(`content-length: ${LIMIT + 1}`);
    socket.write(bytes(LIMIT + 1));
    await once(socket, 'data');
    socket.write('POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 2\r\nconnection: close\r\n\r\nok');
    expect(await answer).toMatch(/^HTTP\/1\.1 413 [^]*HTTP\/1\.1 200 OK[^]*\r\n\r\nok$/);
  });

  it('refuses a chunked body without end with 413 and cuts the connection', async () => {
    const { socket, answer } = await dial('transfer-encoding: chunked');
    const chunk = Buffer.concat([Buffer.from('4000\r\n'), bytes(0x4000), Buffer.from('\r\n')]);
    const pump = (): void => {
      while (!socket.destroyed && socket.write(chunk));
    };
    socket.on('drain', pump);
    pump();
    expect(await answer).toMatch(/^HTTP\/1\.1 413 /);
    expect(results).toHaveLength(1);
    expect(received.at(0)!.socket.bytesRead).toBeLessThan(4 << 20);
  });

  it('decodes gzip up to the limit of what comes out', async () => {
    expect(await withLength(gzipSync(bytes(LIMIT)), GZIP)).toMatchObject({ status: 200, text: 'a'.repeat(LIMIT) });
    const random = Buffer.from(Array.from({ length: LIMIT }, (_, i) => (i * i * 31) % 251));
    expect(gzipSync(random, { level: 0 }).byteLength).toBeGreaterThan(LIMIT);
    expect((await withLength(gzipSync(random, { level: 0 }), GZIP)).status).toBe(200);
    expect(await withLength(gzipSync(bytes(LIMIT + 1)), GZIP)).toMatchObject({ status: 413, code: 'body_too_large' });
  });

  it('refuses a gzip bomb with 413, small or in many parts', async () => {
    const bomb = gzipSync(bytes(10 << 20));
    expect(bomb.byteLength).toBeLessThan(12_000);
    expect(await withLength(bomb, GZIP)).toMatchObject({ status: 413, code: 'body_too_large' });
    const parts = Array.from({ length: 50 }, () => gzipSync(bytes(100)));
    expect(await withLength(Buffer.concat(parts), GZIP)).toMatchObject({ status: 413, code: 'body_too_large' });
  });

  it('refuses gzip without end that never yields a byte', async () => {
    const empty = gzipSync('');
    const parts = Array.from({ length: 200 }, () => empty);
    expect(await post([Buffer.concat(parts)], GZIP)).toMatchObject({ status: 413, code: 'body_too_large' });
  });

  it('refuses with 400 what is not gzip, or not all of it', async () => {
    expect(await withLength(bytes(100), GZIP)).toMatchObject({ status: 400, code: 'body_corrupt' });
    expect(await withLength(gzipSync(bytes(500)).subarray(0, -9), GZIP)).toMatchObject({ code: 'body_corrupt' });
    const more = Buffer.concat([gzipSync('hello'), bytes(300)]);
    expect(await withLength(more, GZIP)).toMatchObject({ status: 400, code: 'body_corrupt' });
  });

  it('reads an empty body that says it is gzip as empty', async () => {
    expect(await withLength(bytes(0), GZIP)).toMatchObject({ status: 200, text: '' });
  });

  it('throws away the padding after the end of gzip, and serves the connection on', async () => {
    const body = Buffer.concat([gzipSync('hello'), Buffer.alloc(300)]);
    const { socket, answer } = await dial(`content-encoding: gzip\r\ncontent-length: ${body.byteLength}`);
    socket.write(body);
    await once(socket, 'data');
    socket.write('POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 2\r\nconnection: close\r\n\r\nok');
    expect(await answer).toMatch(/hello[^]*\r\n\r\nok$/);
  });

  it.each(['deflate', 'br', 'gzip, gzip', 'zstd'])('refuses the content-encoding %s with 415', async (encoding) => {
    const answer = await withLength(deflateSync('hello'), { 'content-encoding': encoding });
    expect(answer).toMatchObject({ status: 415, code: 'encoding_unsupported' });
  });

  it('refuses a body that trickles in with 408 at the deadline and closes the connection', async () => {
    deadlineMs = 120;
    const { socket, answer } = await dial('content-length: 500');
    const startedAt = performance.now();
    const trickle = setInterval(() => socket.write('a'), 10);
    const text = await answer;
    clearInterval(trickle);
    expect(text).toMatch(/^HTTP\/1\.1 408 [^]*"code":"body_timeout"/);
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(115);
  });

  it('tells of a sender that went away', async () => {
    const { socket } = await dial('content-length: 500');
    socket.write('abc', () => socket.destroy());
    while (results.length === 0) await new Promise((resolve) => setTimeout(resolve, 2));
    expect(results).toEqual([expect.objectContaining({ ok: false, status: 400, code: 'body_incomplete' })]);
  });
});
