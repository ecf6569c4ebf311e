// @ts-check
/**
 * `load.mjs`: sends requests over kept connections, one at a time on each, in a process of its own. Takes one JSON line
 * `{ port, requests, connections, ms }` at a time and prints `{ answers, ms, p50, p99, statuses }`. What comes is counted,
 * not read: an answer to a request is always as long as the first one, which is read.
 */
import { connect } from 'node:net';
import { createInterface } from 'node:readline';
import { endWithInput } from '../process/end-with-input.mjs';
import { quantile } from '../measure/statistics.mjs';

endWithInput();

/**
 * @typedef {object} Work
 * @property {number} port
 * @property {string[]} requests As they go over the wire. A connection sends always the same one.
 * @property {number} connections
 * @property {number} ms
 */

for await (const line of createInterface({ input: process.stdin }))
  console.log(JSON.stringify(await run(JSON.parse(line))));

/** @param {Work} work */
async function run({ port, requests, connections, ms }) {
  /** @type {number[]} */
  const latencies = [];
  const statuses = new Set();
  const sockets = await Promise.all(
    Array.from({ length: connections }, (_, i) => open(port, Buffer.from(requests[i % requests.length] ?? ''))),
  );
  for (const { status } of sockets) statuses.add(status);
  const began = performance.now();
  const until = began + ms;
  await Promise.all(sockets.map((socket) => repeat(socket, until, latencies)));
  const took = performance.now() - began;
  for (const { socket } of sockets) socket.destroy();
  const [p50, p99] = [quantile(latencies, 0.5), quantile(latencies, 0.99)];
  return { answers: latencies.length, ms: took, p50, p99, statuses: [...statuses] };
}

/** @typedef {{ socket: import('node:net').Socket; request: Buffer; bytes: number; status: string }} Open */

/**
 * Connects and learns how long an answer is.
 *
 * @param {number} port
 * @param {Buffer} request
 * @returns {Promise<Open>}
 */
function open(port, request) {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true }, () => socket.write(request));
    let text = '';
    socket.on('error', reject);
    socket.on('data', function hear(chunk) {
      text += chunk.toString('latin1');
      const bytes = lengthOf(text);
      if (bytes === null || text.length < bytes) return;
      socket.off('data', hear);
      resolve({ socket, request, bytes, status: text.slice(9, 12) });
    });
  });
}

/** Of the whole answer; null: its head is not here yet. @param {string} text */
function lengthOf(text) {
  const head = text.indexOf('\r\n\r\n');
  if (head < 0) return null;
  const length = /^content-length: *(\d+)/im.exec(text.slice(0, head))?.[1] ?? '0';
  return head + 4 + Number(length);
}

/**
 * @param {Open} open
 * @param {number} until
 * @param {number[]} latencies
 * @returns {Promise<void>}
 */
function repeat({ socket, request, bytes }, until, latencies) {
  return new Promise((resolve, reject) => {
    let sentAt = performance.now();
    let missing = bytes;
    socket.on('close', () => reject(new Error('A server closed a connection.')));
    socket.on('data', (chunk) => {
      missing -= chunk.length;
      if (missing > 0) return;
      if (missing < 0) reject(new Error('An answer was longer than the one before.'));
      const now = performance.now();
      latencies.push(now - sentAt);
      if (now >= until) {
        resolve();
        return;
      }
      missing = bytes;
      sentAt = now;
      socket.write(request);
    });
    socket.write(request);
  });
}
