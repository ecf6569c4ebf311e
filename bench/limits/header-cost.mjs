// @ts-check
import { createServer } from 'node:http';
import { connect } from 'node:net';
import { formatLeft, formatPolicy } from '@flaghoist/runtime/limits';

const QUOTA = { requests: 5_000, windowMs: 1_000 };
const BODY = JSON.stringify({ key: 'checkout', value: true, variant: 'on', reason: 'STATIC' });
const PLAIN = ['content-type', 'application/json', 'content-length', String(BODY.length), 'cache-control', 'no-store'];
const REQUEST = 'POST /plain HTTP/1.1\r\nhost: x\r\ncontent-length: 0\r\n\r\n';
const TOLD = REQUEST.replace('plain', 'told0');
const PIPELINED = 64;

/**
 * What an answer over `node:http` costs, without and with the two headers, in turns on one connection.
 *
 * @param {{ turns: number; requests: number }} work
 */
export async function measureHeaders({ turns, requests }) {
  let turn = 0;
  // Always four digits, so that all answers are of one length.
  const left = () => 1_000 + (turn = (turn + 1) % 4_000);
  const server = createServer((request, response) => {
    const more =
      request.url === '/plain'
        ? []
        : ['ratelimit-policy', formatPolicy('key', QUOTA), 'ratelimit', formatLeft('key', left(), 1)];
    response.writeHead(200, [...PLAIN, ...more]);
    response.end(BODY, 'latin1');
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  const socket = connect(port, '127.0.0.1');
  /** @type {{ plain: number[]; told: number[] }} Nanoseconds an answer, of each turn. */
  const times = { plain: [], told: [] };
  for (let run = -2; run < turns; run++) {
    const plain = await exchange(socket, REQUEST, requests);
    const told = await exchange(socket, TOLD, requests);
    if (run < 0) continue;
    times.plain.push(plain);
    times.told.push(told);
  }
  socket.destroy();
  await new Promise((resolve) => server.close(resolve));
  return times;
}

/**
 * @param {import('node:net').Socket} socket
 * @param {string} request
 * @param {number} requests
 * @returns {Promise<number>} Nanoseconds for each.
 */
async function exchange(socket, request, requests) {
  const bytes = PIPELINED * (await answerTo(socket, request, (received) => received > BODY.length));
  const batch = request.repeat(PIPELINED);
  const began = performance.now();
  for (let sent = 0; sent < requests; sent += PIPELINED) await answerTo(socket, batch, (received) => received >= bytes);
  return ((performance.now() - began) * 1e6) / requests;
}

/**
 * @param {import('node:net').Socket} socket
 * @param {string} text
 * @param {(received: number) => boolean} isWhole
 * @returns {Promise<number>} Bytes. They are only counted, so that this end costs the same for longer answers.
 */
function answerTo(socket, text, isWhole) {
  return new Promise((resolve) => {
    let received = 0;
    const hear = (/** @type {Buffer} */ chunk) => {
      received += chunk.length;
      if (!isWhole(received)) return;
      socket.off('data', hear);
      resolve(received);
    };
    socket.on('data', hear);
    socket.write(text);
  });
}
