// @ts-check
/**
 * `edge-crowd.mjs URL`: many edges as the bus sees them, in one process. Takes a JSON line `{ edges, stream, from }` at a
 * time, connects until there are as many, each over a connection of its own with the product's bus, and prints `done` when
 * all listen. From then on each reads every message of the stream that it is told of; it neither applies it nor compares
 * heads once a second, as an edge does. A line `{ until }` is answered `done` when the last of them has read to there.
 */
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { createNatsBus } from '@flaghoist/bus/nats';
import { endWithInput } from '../process/end-with-input.mjs';

const WITHIN_MS = 60_000;
/** Connections that are made side by side. */
const AT_ONCE = 25;
const MOST_MESSAGES = 50;

endWithInput();
const servers = (process.argv[2] ?? '').split(',');
/** @type {{ at: number }[]} */
const edges = [];
// Each connection listens to the process, and a thousand connections are meant.
process.setMaxListeners(0);

for await (const line of createInterface({ input: process.stdin })) {
  const { edges: wanted, stream, from, until } = JSON.parse(line);
  if (wanted === undefined) await untilAll(until);
  while (edges.length < wanted) {
    const count = Math.min(AT_ONCE, wanted - edges.length);
    edges.push(...(await Promise.all(Array.from({ length: count }, () => connect(stream, from)))));
  }
  console.log('done');
}

/**
 * @param {string} stream
 * @param {number} from
 */
async function connect(stream, from) {
  const { log } = createNatsBus({ servers });
  const edge = { at: from };
  log.follow(async (named) => {
    if (!named.has(stream)) return;
    for (const { position } of await log.readAfter(stream, edge.at, MOST_MESSAGES)) edge.at = position;
  });
  // One that cannot be read says so here.
  await log.readAfter(stream, edge.at, 1);
  return edge;
}

/** @param {number} position */
async function untilAll(position) {
  for (const end = performance.now() + WITHIN_MS; performance.now() < end; await sleep(20))
    if (edges.every(({ at }) => at >= position)) return;
  const behind = edges.filter(({ at }) => at < position).length;
  throw new Error(`${behind} of ${edges.length} edges did not come to ${position}.`);
}
