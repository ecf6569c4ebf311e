// @ts-check
/**
 * `bare-workers.mjs N`: the floor of several processes behind one port. Takes one JSON line `{ status, headers, body }`,
 * prints its port once N processes listen, and from then on they read every request to its end and answer those bytes.
 */
import cluster from 'node:cluster';
import { createServer } from 'node:http';
import { createInterface } from 'node:readline';
import { endWithInput } from '../process/end-with-input.mjs';

if (cluster.isPrimary) {
  const line = await new Promise((resolve) => createInterface({ input: process.stdin }).once('line', resolve));
  endWithInput();
  const workers = Array.from({ length: Number(process.argv[2]) }, () => cluster.fork({ BARE_ANSWER: line }));
  const ports = workers.map((worker) => new Promise((resolve) => worker.on('listening', ({ port }) => resolve(port))));
  console.log((await Promise.all(ports))[0]);
} else {
  /** @type {{ status: number; headers: string[]; body: string }} */
  const { status, headers, body } = JSON.parse(process.env['BARE_ANSWER'] ?? '');
  const bytes = Buffer.from(body, 'base64');
  process.on('disconnect', () => process.exit());
  createServer((request, response) => {
    request.on('end', () => response.writeHead(status, headers).end(bytes));
    request.resume();
  }).listen(0, '127.0.0.1');
}
