// @ts-check
/**
 * `receivers.mjs`: holds open streams in a process of its own, as raw sockets. Takes lines of JSON:
 * `{ open: { name, port, request, count, aSecond } }` prints `{}` once all are open;
 * `{ hear: name }` prints `{}`, and, once every stream of that name was sent an event of the name `patch`,
 * `{ first, p50, p99, last }`, moments of `process.hrtime.bigint()` as texts.
 */
import { connect } from 'node:net';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { endWithInput } from '../process/end-with-input.mjs';

endWithInput();

const PATCH = Buffer.from('event: patch');

/** @typedef {{ streams: number; heard: bigint[] }} Group */
/** @type {Map<string, Group>} */
const groups = new Map();

for await (const line of createInterface({ input: process.stdin })) {
  const { open, hear } = JSON.parse(line);
  if (open !== undefined) {
    await openAll(open);
    console.log('{}');
  } else {
    const group = groups.get(hear);
    if (group !== undefined) group.heard = [];
    console.log('{}');
  }
}

/** @param {{ name: string; port: number; request: string; count: number; aSecond: number }} wanted */
async function openAll({ name, port, request, count, aSecond }) {
  /** @type {Group} */
  const group = { streams: count, heard: [] };
  groups.set(name, group);
  const began = performance.now();
  /** @type {Promise<void>[]} */
  const opening = [];
  for (let i = 0; i < count; i++) {
    const wait = began + (i * 1_000) / aSecond - performance.now();
    if (wait > 1) await sleep(wait);
    opening.push(openOne(port, request, group));
  }
  await Promise.all(opening);
}

/**
 * @param {number} port
 * @param {string} request
 * @param {Group} group
 * @returns {Promise<void>}
 */
function openOne(port, request, group) {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1' }, () => socket.write(request));
    socket.on('error', reject);
    socket.on('close', () => {
      console.error('A stream was closed.');
      process.exit(1);
    });
    socket.once('data', (chunk) => {
      const status = chunk.toString('latin1', 9, 12);
      if (status === '200') resolve();
      else reject(new Error(`A stream was answered ${chunk.toString('latin1', 0, 300)}.`));
      socket.on('data', (event) => {
        if (event.includes(PATCH)) note(group);
      });
    });
  });
}

/** @param {Group} group */
function note(group) {
  group.heard.push(process.hrtime.bigint());
  if (group.heard.length !== group.streams) return;
  const at = (/** @type {number} */ share) =>
    String(group.heard[Math.min(group.streams - 1, Math.floor(share * group.streams))]);
  console.log(JSON.stringify({ first: at(0), p50: at(0.5), p99: at(0.99), last: at(1) }));
}
