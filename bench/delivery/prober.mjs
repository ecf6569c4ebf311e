// @ts-check
/**
 * `prober.mjs`: asks one question after the other over one connection, in a process of its own. Takes lines of JSON:
 * `{ port, request }` begins and prints `{}`; `{ stop: true }` prints the milliseconds that each answer took.
 */
import { connect } from 'node:net';
import { createInterface } from 'node:readline';
import { endWithInput } from '../process/end-with-input.mjs';

endWithInput();
/** Between an answer and the next question: a caller, not a load. */
const PAUSE_MS = 1;

/** @type {() => Promise<number[]>} */
let stop = async () => [];
for await (const line of createInterface({ input: process.stdin })) {
  const { port, request } = JSON.parse(line);
  if (port === undefined) console.log(JSON.stringify(await stop()));
  else {
    stop = await begin(port, request);
    console.log('{}');
  }
}

/**
 * @param {number} port
 * @param {string} request
 * @returns {Promise<() => Promise<number[]>>}
 */
function begin(port, request) {
  /** @type {number[]} */
  const took = [];
  let over = false;
  return new Promise((ready, reject) => {
    /** @type {(took: number[]) => void} */
    let end = () => {};
    const ended = new Promise((resolve) => {
      end = resolve;
    });
    let sentAt = 0;
    const socket = connect({ port, host: '127.0.0.1', noDelay: true }, () => {
      ask();
      ready(() => {
        over = true;
        return ended;
      });
    });
    const ask = () => {
      sentAt = performance.now();
      socket.write(request);
    };
    socket.on('error', reject);
    // The answers are small: each comes in one piece.
    socket.on('data', () => {
      took.push(performance.now() - sentAt);
      if (!over) setTimeout(ask, PAUSE_MS);
      else {
        socket.destroy();
        end(took);
      }
    });
  });
}
