import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ManagementServer, startManagementServer } from '../../test-support/management-server.ts';
import { followStream, type StreamRequest } from './change-stream.ts';

let server: ManagementServer;

beforeEach(async () => {
  server = await startManagementServer();
});
afterEach(() => server.close());

const request = (more: Partial<StreamRequest> = {}): StreamRequest => ({
  url: `${server.url}/api/v1/watch`,
  headers: {},
  signal: new AbortController().signal,
  silenceMs: 60_000,
  onEvent: () => undefined,
  ...more,
});

describe('following a stream', () => {
  it('joins characters that were cut between two pieces', async () => {
    const bytes = Buffer.from('data: größer\n\n');
    server.answer('GET /watch', (_request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      const cut = bytes.indexOf(0xc3) + 1;
      response.write(bytes.subarray(0, cut), () => {
        setImmediate(() => response.end(bytes.subarray(cut)));
      });
      return 'answered';
    });
    const heard: string[] = [];
    const end = await followStream(request({ onEvent: ({ data }) => heard.push(data) }));
    expect(end).toMatchObject({ kind: 'lost', opened: true });
    expect(heard).toEqual(['größer']);
  });

  it('gives a stream up that has gone silent', async () => {
    server.answer('GET /watch', (_request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write(': hello\n\n');
      return 'answered';
    });
    expect(await followStream(request({ silenceMs: 50 }))).toEqual({
      kind: 'lost',
      opened: true,
      message: 'nothing was heard for 0.05 s.',
    });
  });

  it('is stopped by its signal, before and while it runs', async () => {
    expect(await followStream(request({ signal: AbortSignal.abort() }))).toEqual({ kind: 'stopped' });
    expect(server.requests).toEqual([]);
    const stop = new AbortController();
    server.answer('GET /watch', (_request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write('data: x\n\n');
      return 'answered';
    });
    expect(await followStream(request({ signal: stop.signal, onEvent: () => stop.abort() }))).toEqual({
      kind: 'stopped',
    });
  });

  it('hands a refusal on with its body and Retry-After', async () => {
    server.answer('GET /watch', { status: 503, body: 'busy', headers: { 'retry-after': '3' } });
    expect(await followStream(request())).toMatchObject({
      kind: 'refused',
      answer: { status: 503, body: 'busy', headers: { 'retry-after': '3' } },
    });
  });
});
