/** A loopback server for one page: its files, and what it answers. */
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname } from 'node:path';
import { text } from 'node:stream/consumers';
import type { Scene } from '../scene.ts';

/** Only scripts and requests of the page's own origin; no `eval`, no `new Function`, nothing inline. */
const POLICY = "default-src 'none'; script-src 'self'; connect-src 'self'";
const TYPES: Readonly<Record<string, string>> = { '.js': 'text/javascript', '.json': 'application/json' };
const PAGE = '<!doctype html><meta charset="utf-8"><title>page</title><script type="module" src="page.js"></script>';

export interface PageServer {
  /** Of the page, which loads `page.js`. */
  readonly url: string;
  /** What the page has posted to `answer`; null before. */
  readonly answer: string | null;
}

/** Serves the page and `files` (name to text) until the test is over. */
export async function startPageServer(scene: Scene, files: Readonly<Record<string, string>>): Promise<PageServer> {
  let answer: string | null = null;
  const server = createServer((request, response) => {
    response.setHeader('Content-Security-Policy', POLICY);
    if (request.method === 'POST' && request.url === '/answer') {
      void text(request).then((posted) => {
        answer = posted;
        response.writeHead(204).end();
      });
    } else sendFile(files, request.url ?? '', response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  scene.atEnd(async () => {
    server.close();
    server.closeAllConnections();
    if (server.listening) await once(server, 'close');
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    get answer() {
      return answer;
    },
  };
}

function sendFile(files: Readonly<Record<string, string>>, path: string, response: ServerResponse): void {
  const name = path.slice(1);
  const file = files[name];
  if (name === '') response.writeHead(200, { 'Content-Type': 'text/html' }).end(PAGE);
  else if (file === undefined) response.writeHead(404).end();
  else response.writeHead(200, { 'Content-Type': TYPES[extname(name)] ?? 'text/plain' }).end(file);
}
