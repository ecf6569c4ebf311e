import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { sendProblem } from './send-problem.ts';

let server: Server | undefined;
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

async function answer(handler: (response: ServerResponse) => void, method = 'GET'): Promise<Response> {
  server = createServer((_request, response) => handler(response));
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
  return fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, { method });
}

const PROBLEM = { status: 409, code: 'revision_changed', title: 'Somebody was faster', detail: 'Read it again. é' };

describe('sendProblem', () => {
  it('answers with all members as problem+json that no cache keeps', async () => {
    const members = { revision: 7, code: 'another' };
    const response = await answer((response) => sendProblem(response, { ...PROBLEM, path: '$.rules[0]', members }));
    expect(response.status).toBe(409);
    expect(response.headers.get('content-type')).toBe('application/problem+json');
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(await response.json()).toEqual({ type: 'about:blank', ...PROBLEM, path: '$.rules[0]', revision: 7 });
  });

  it('adds and replaces headers', async () => {
    const headers = { 'retry-after': '3', 'cache-control': 'private' };
    const response = await answer((response) => sendProblem(response, { ...PROBLEM, headers }));
    expect(response.headers.get('retry-after')).toBe('3');
    expect(response.headers.get('cache-control')).toBe('private');
    expect(Object.keys((await response.json()) as object)).toEqual(['type', 'title', 'status', 'code', 'detail']);
  });

  it('forgets what was said about the answer that was meant to be given', async () => {
    const response = await answer((response) => {
      response.setHeader('content-encoding', 'gzip');
      response.setHeader('etag', '"7"');
      response.setHeader('access-control-allow-origin', '*');
      sendProblem(response, PROBLEM);
    });
    expect(await response.json()).toMatchObject({ code: 'revision_changed' });
    expect(response.headers.get('etag')).toBeNull();
    expect(response.headers.get('access-control-allow-origin')).toBe('*');
  });

  it('closes the connection after 408 and keeps it after others', async () => {
    const late = await answer((response) => sendProblem(response, { ...PROBLEM, status: 408 }));
    expect(late.headers.get('connection')).toBe('close');
    server?.close();
    const other = await answer((response) => sendProblem(response, PROBLEM));
    expect(other.headers.get('connection')).toBe('keep-alive');
  });

  it('sends no body to HEAD', async () => {
    const response = await answer((response) => sendProblem(response, PROBLEM), 'HEAD');
    expect(response.status).toBe(409);
    expect(await response.text()).toBe('');
  });

  it('cuts the connection when an answer has begun', async () => {
    const response = await answer((response) => {
      response.writeHead(200, { 'content-length': 50 });
      response.write('begun', () => sendProblem(response, PROBLEM));
    });
    await expect(response.text()).rejects.toThrow();
  });

  it('survives a reader that has gone', async () => {
    await expect(
      answer((response) => {
        response.destroy();
        sendProblem(response, PROBLEM);
      }),
    ).rejects.toThrow();
  });
});
