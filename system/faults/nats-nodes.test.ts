/**
 * Rows 9 and 11 of the failure matrix: one of three NATS servers stands still, then one has other bytes on its disk. `KILLS` in
 * the environment says how often the leader is killed besides; `npm run prove -- nats-leader` does that 20 times and keeps for
 * how long no change arrived.
 */
import { open, readdir } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createNatsBus } from '@flaghoist/bus/nats';
import { findNatsServer, type NatsNode, type NatsServers, startNats } from '@flaghoist/testkit/nats';
import { expect, it } from 'vitest';
import { type CounterLine, openCounterLine } from '../counter-line.ts';
import type { Status } from '../management-api.ts';
import { isToldToStop, keepResult } from '../result.ts';
import type { RunningServer } from '../running-server.ts';
import { chooseSeed, createRandom } from '../seeded-random.ts';
import { openScene } from '../scene.ts';
import { until } from '../until.ts';

const LOG = 'flaghoist_log';
/** A cluster that shares two processors with other tests finds a leader in some seconds, at times in many. */
const ELECTED_WITHIN_MS = 90_000;
const FLIPS = 8;
/** How often one is frozen; `npm run prove -- nats-nodes` does it 100 times. */
const ROUNDS = Number(process.env['ROUNDS'] ?? 1);
const KILLS = Number(process.env['KILLS'] ?? 0);
/** From one change to the next, and from one look at the edge to the next. */
const CHANGE_EVERY_MS = 100;
const LOOK_EVERY_MS = 10;
/** What was on its way when the leader died has arrived by then. */
const ON_THE_WAY_MS = 1_000;
/** So many changes that arrive after that are steady ones again. */
const STEADY = 10;
/** A server that was killed has all of the log again: one that shares two processors was seen to take minutes. */
const WHOLE_WITHIN_MS = 600_000;
const LONGEST_GAP_MS = 20_000;

it('row 9, row 11: with one NATS server frozen, or with flipped bytes on its disk and leading, every edge has what was published and nothing else', async () => {
  const scene = openScene();
  const nats = await startNats(3);
  scene.atEnd(() => nats.stop());
  const line = await openCounterLine(scene, nats);
  const edge = await line.startEdge();
  await line.set(1);
  await line.expect(edge, 1);

  const seed = chooseSeed();
  console.log(`frozen and damaged NATS servers: SEED=${seed}`);
  const random = createRandom(seed);
  let value = 1;
  let longestMs = 0;
  /** A change, which has to arrive. */
  const change = async (edges: readonly RunningServer[]): Promise<void> => {
    await line.set(++value);
    const begun = performance.now();
    for (const one of edges) await line.expect(one, value, ELECTED_WITHIN_MS);
    longestMs = Math.max(longestMs, performance.now() - begun);
  };
  let rounds = 0;
  for (; rounds < ROUNDS && !isToldToStop(); rounds++) {
    // Always the leader first, then whichever.
    const leader = await nats.leaderOf(LOG);
    const frozen = rounds === 0 ? leader : (nats.nodes[Math.floor(random() * nats.nodes.length)] ?? leader);
    frozen.signal('SIGSTOP');
    await change([edge]);
    if (random() < 0.5) await change([edge]);
    frozen.signal('SIGCONT');
    await change([edge]);
  }
  await expectOrder(nats);
  await keepResult(`nats-nodes-${findNatsServer().version}`, {
    seed,
    asked: ROUNDS,
    rounds,
    changes: value,
    longestMs: Math.round(longestMs),
  });

  const damaged = await followerOf(nats);
  await damaged.kill();
  expect(await flipBytes(damaged)).toBe(FLIPS);
  await damaged.start();
  await makeLeader(nats, damaged);
  await change([edge]);
  const fresh = await line.startEdge();
  await line.expect(fresh, value, ELECTED_WITHIN_MS);
  await change([edge, fresh]);
  expect((await line.api.get<Status>('/status')).reconciled).toMatchObject({ mismatches: 0 });
  for (const one of [edge, fresh]) {
    const values = line.answers(one).map(Number);
    expect(values).toEqual([...values].sort((a, b) => a - b));
    expect(values.at(-1)).toBe(value);
    expect(values.every((one) => Number.isInteger(one) && one >= 0)).toBe(true);
  }
}, 3_600_000);

if (KILLS > 0)
  it(`row 9: when the leader of the log is killed, ${KILLS} times, steady changes arrive again within 20 s`, async () => {
    const scene = openScene();
    const nats = await startNats(3);
    scene.atEnd(() => nats.stop());
    const line = await openCounterLine(scene, nats);
    const steady = makeSteadyChanges(line, await line.startEdge());
    const bus = createNatsBus({ servers: nats.url.split(','), logger: { error() {} } });
    scene.atEnd(() => bus.stop());
    const gaps: number[] = [];
    while (gaps.length < KILLS && !isToldToStop()) {
      await steady.arrive(STEADY, performance.now());
      const leader = await nats.leaderOf(LOG);
      const killedAt = performance.now();
      await leader.kill();
      await steady.arrive(STEADY, killedAt + ON_THE_WAY_MS);
      gaps.push(steady.longestGapMs(killedAt));
      await leader.start();
      await until('three copies of the log', WHOLE_WITHIN_MS, async () =>
        (await bus.state()).replicas?.current === 3 ? true : undefined,
      );
      console.log(`leader ${gaps.length} of ${KILLS} killed: nothing arrived for ${gaps.at(-1)} ms`);
    }
    const changes = await steady.stop();
    await expectOrder(nats);
    const sorted = [...gaps].sort((a, b) => a - b);
    const medianMs = sorted[Math.floor(sorted.length / 2)] ?? 0;
    const maxMs = sorted.at(-1) ?? 0;
    const { version } = findNatsServer();
    await keepResult(`nats-leader-${version}`, {
      asked: KILLS,
      kills: gaps.length,
      changes,
      medianMs,
      maxMs,
      gapsMs: gaps.join(', '),
    });
    expect(maxMs).toBeLessThan(LONGEST_GAP_MS);
  }, 3_600_000);

/** Changes one after the other, and when each arrives at the edge. */
function makeSteadyChanges(line: CounterLine, edge: RunningServer) {
  const arrivals: number[] = [];
  const told = { isOver: false };
  let made = 0;
  const writing = (async () => {
    for (; !told.isOver; await sleep(CHANGE_EVERY_MS)) await line.set(++made);
  })();
  const looking = (async () => {
    for (let seen: unknown; !told.isOver; await sleep(LOOK_EVERY_MS)) {
      const value = await line.ask(edge);
      if (value !== seen) arrivals.push(performance.now());
      seen = value;
    }
  })();
  // Told by `stop`.
  for (const one of [writing, looking]) one.catch(() => undefined);
  return {
    /** Resolves when so many have arrived after a moment. */
    arrive: (count: number, afterMs: number) =>
      until('changes at the edge', ELECTED_WITHIN_MS, async () =>
        arrivals.filter((at) => at > afterMs).length >= count ? true : undefined,
      ),
    /** From one arrival to the next, from the last one before a moment on. */
    longestGapMs(sinceMs: number): number {
      const from = Math.max(
        0,
        arrivals.findLastIndex((at) => at <= sinceMs),
      );
      return Math.round(
        Math.max(...arrivals.slice(from + 1).map((at, before) => at - (arrivals[from + before] ?? at))),
      );
    },
    /** Answers how many were made; the last one has arrived then. */
    async stop(): Promise<number> {
      told.isOver = true;
      await Promise.all([writing, looking]);
      await line.expect(edge, made, ELECTED_WITHIN_MS);
      return made;
    },
  };
}

/** Every revision once and in order, as whoever reads it now has it. */
async function expectOrder(nats: NatsServers): Promise<void> {
  const bus = createNatsBus({ servers: nats.url.split(',') });
  // A server that was frozen a moment ago may still be in the way.
  const heads = await until('the heads of the log', ELECTED_WITHIN_MS, () => bus.log.heads().catch(() => undefined));
  for (const [stream, { position }] of heads) {
    const messages = await bus.log.readAfter(stream, 0, position);
    const revisions = messages.filter(({ id }) => !id.includes('checkpoint')).map(({ id }) => Number(id.split('.')[2]));
    expect(revisions).toEqual(revisions.map((_, before) => before + 1));
  }
  expect(heads.size).toBe(1);
  await bus.stop();
}

async function followerOf(nats: NatsServers): Promise<NatsNode> {
  const leader = await nats.leaderOf(LOG);
  const follower = nats.nodes.find((node) => node !== leader);
  if (follower === undefined) throw new Error('nobody follows');
  return follower;
}

/** One bit in each of so many bytes, all over the messages that it stored. */
async function flipBytes(node: NatsNode): Promise<number> {
  const folder = join(node.store, 'jetstream', '$G', 'streams', LOG, 'msgs');
  const blocks = (await readdir(folder)).filter((name) => name.endsWith('.blk'));
  let flipped = 0;
  for (const name of blocks) {
    const file = await open(join(folder, name), 'r+');
    const { size } = await file.stat();
    for (let flip = 0; flip < FLIPS / blocks.length; flip++) {
      const at = Math.floor(((flip + 0.5) / FLIPS) * blocks.length * size);
      const byte = Buffer.alloc(1);
      await file.read(byte, 0, 1, at);
      byte.writeUInt8(byte.readUInt8() ^ 0x10);
      await file.write(byte, 0, 1, at);
      flipped += 1;
    }
    await file.close();
  }
  return flipped;
}

/** Leaders step down until it is this one's turn. */
async function makeLeader(nats: NatsServers, wanted: NatsNode): Promise<void> {
  await until(`${wanted.name} leads`, ELECTED_WITHIN_MS, async () => {
    if ((await nats.leaderOf(LOG)) === wanted) return true;
    await say(wanted, `$JS.API.STREAM.LEADER.STEPDOWN.${LOG}`);
    await sleep(500);
    return undefined;
  });
}

/** An empty message, in the words of NATS; whoever answers is not waited for. */
async function say({ port }: NatsNode, subject: string): Promise<void> {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => undefined);
  socket.resume();
  socket.write(`CONNECT {"verbose":false,"pedantic":false}\r\nPUB ${subject} 0\r\n\r\nPING\r\n`);
  await sleep(100);
  socket.destroy();
}
