// @ts-check
/** `bare-server.mjs`: the floor. The same check and a count of the same rows on node:http, in memory: nothing is kept. */
import { createServer } from 'node:http';
import { checkBatch } from '@flaghoist/protocol/exposures';
import { endWithInput } from '../process/end-with-input.mjs';

endWithInput();
/** @type {Map<string, number>} */
const counts = new Map();

const server = createServer((request, response) => {
  /** @type {Buffer[]} */
  const chunks = [];
  request.on('data', (chunk) => chunks.push(chunk));
  request.on('end', () => {
    const checked = checkBatch(JSON.parse(Buffer.concat(chunks).toString()));
    if (!checked.ok) {
      response.writeHead(400).end(checked.message);
      return;
    }
    for (const { flag, variant, reason, rule, revision, minute, count } of checked.batch.rows) {
      const name = `${minute} ${flag} ${variant} ${reason} ${rule} ${revision}`;
      counts.set(name, (counts.get(name) ?? 0) + count);
    }
    response.writeHead(202, { 'content-length': 0 }).end();
  });
});
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  console.log(typeof address === 'object' ? address?.port : '');
});
