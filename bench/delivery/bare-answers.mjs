// @ts-check
/**
 * `bare-answers.mjs`: the floor. Takes one JSON line `{ status, headers, body }`, prints its port, and from then on reads
 * every request to its end and answers those bytes. `body` is base64.
 */
import { createServer } from 'node:http';
import { createInterface } from 'node:readline';
import { endWithInput } from '../process/end-with-input.mjs';

const [line = ''] = await new Promise((resolve) =>
  createInterface({ input: process.stdin }).once('line', (text) => resolve([text])),
);
endWithInput();
/** @type {{ status: number; headers: string[]; body: string }} */
const { status, headers, body } = JSON.parse(line);
const bytes = Buffer.from(body, 'base64');
const hasBody = bytes.length > 0;

const server = createServer((request, response) => {
  request.on('end', () => {
    response.writeHead(status, headers);
    if (hasBody) response.end(bytes);
    else response.end();
  });
  request.resume();
});
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  console.log(typeof address === 'object' ? address?.port : '');
});
