// @ts-check
/**
 * `bare-broadcast.mjs`: the floor. `GET /stream` is a stream; `POST /` writes its body to all of them, one after the
 * other; `GET /` is answered at once. Prints its port.
 */
import { createServer } from 'node:http';
import { endWithInput } from '../process/end-with-input.mjs';

endWithInput();
/** @type {Set<import('node:http').ServerResponse>} */
const streams = new Set();

const server = createServer((request, response) => {
  if (request.url === '/stream') {
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
    response.flushHeaders();
    streams.add(response);
    response.on('close', () => streams.delete(response));
    return;
  }
  /** @type {Buffer[]} */
  const chunks = [];
  request.on('data', (chunk) => chunks.push(chunk));
  request.on('end', () => {
    response.writeHead(200, { 'content-length': 2 });
    response.end('ok');
    if (request.method !== 'POST') return;
    const event = Buffer.concat(chunks);
    for (const stream of streams) stream.write(event);
  });
});
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  console.log(typeof address === 'object' ? address?.port : '');
});
