// @ts-check
/**
 * `bare-server.mjs embedded FOLDER | postgres URL`: the floor. `POST /VALUE` commits the value and is answered 204;
 * `GET /` is a stream that gets one event for each value. Nothing is checked, hashed, kept or authorised.
 */
import { createServer } from 'node:http';
import { endWithInput } from '../process/end-with-input.mjs';
import { openEmbeddedStore } from './embedded-store.mjs';
import { openPostgresStore } from './postgres-store.mjs';

const [kind, where = ''] = process.argv.slice(2);
endWithInput();

/** @type {Set<import('node:http').ServerResponse>} */
const streams = new Set();
const open = kind === 'embedded' ? openEmbeddedStore : openPostgresStore;
const change = await open(where, (value) => {
  for (const stream of streams) stream.write(`data: ${value}\n\n`);
});

const server = createServer((request, response) => {
  if (request.method === 'GET') {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.flushHeaders();
    streams.add(response);
    return;
  }
  change((request.url ?? '').slice(1)).then(
    () => response.writeHead(204).end(),
    (error) => response.writeHead(500).end(String(error)),
  );
});
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  console.log(typeof address === 'object' ? address?.port : '');
});
