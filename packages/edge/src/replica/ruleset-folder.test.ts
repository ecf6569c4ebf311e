import { chmod, cp, mkdir, mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LastGood, VerifiedRuleset } from '@flaghoist/client';
import { createSha256, sha256 } from '@flaghoist/runtime/crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { EdgeServer, until } from '../../test-support/edge-server.ts';
import { flag, History, mintKey } from '../../test-support/history.ts';
import { MemoryLog } from '../../test-support/memory-bus.ts';
import type { EdgeOptions } from '../edge-options.ts';
import { RulesetFolder } from './ruleset-folder.ts';

const DAY = 86_400_000;
const key = mintKey('server');
const unknown = mintKey('server');
let rulesetDir: string;
let history: History;
let clock: number;
const edges: EdgeServer[] = [];

beforeEach(async () => {
  rulesetDir = join(await mkdtemp(join(tmpdir(), 'flaghoist-rulesets-')), 'rulesets');
  clock = Date.now();
  history = new History('env-1');
  history.change(flag('a'), key.line());
});

afterEach(async () => {
  for (const edge of edges.splice(0)) await edge.close();
  await rm(join(rulesetDir, '..'), { recursive: true, force: true });
});

async function start(log: MemoryLog, options: Partial<EdgeOptions> = {}): Promise<EdgeServer> {
  const edge = await EdgeServer.create({ log, rulesetDir, now: () => clock, ...options });
  edges.push(edge);
  await edge.edge.start();
  return edge;
}

/** An edge that has a bus, and what it saves. */
async function follow(): Promise<{ readonly edge: EdgeServer; readonly log: MemoryLog }> {
  const log = new MemoryLog();
  history.publishCheckpoint(log);
  return { edge: await start(log), log };
}

function dead(): MemoryLog {
  const log = new MemoryLog();
  log.failing = true;
  return log;
}

const file = (generation = ''): string => join(rulesetDir, 'env-1', `ruleset${generation}`);
const saved = async (text: string): Promise<boolean> => (await readFile(file(), 'utf8').catch(() => '')).includes(text);
/** What a process would begin with, and nothing around it. */
async function load() {
  const store = new RulesetFolder(rulesetDir).open('env-1');
  if (store === null) throw new Error('env-1 can be the name of a folder');
  const copy = new VerifiedRuleset({ sha256, access: 'verified', regex: null });
  const lastGood = new LastGood({
    store,
    sha256,
    createHasher: createSha256,
    timers: { after: () => () => undefined, now: () => clock },
    pause: () => Promise.resolve(),
    content: () => null,
    onProblem: () => undefined,
  });
  const loaded = await lastGood.load((blocks) => copy.applyBlocks(blocks));
  await lastGood.close();
  return loaded;
}
const evaluate = (edge: EdgeServer, text = key.text) =>
  edge.ask('POST', '/ofrep/v1/evaluate/flags/a', { key: text, body: { context: { targetingKey: 'ann' } } });
const revisionOf = (edge: EdgeServer) => edge.edge.status().environments[0]?.revision ?? null;

describe('an edge whose bus is dead when it starts', () => {
  it('row 1: answers from disk, is ready, and knows its keys', async () => {
    const { edge } = await follow();
    await until(() => saved('"revision":1,'));
    await edge.edge.stop();
    const cold = await start(dead(), { confirmKey: () => Promise.reject(new Error('the database is down')) });
    expect(cold.edge.status()).toMatchObject({ ready: true, environments: [{ revision: 1, confirmed: false }] });
    expect(await evaluate(cold)).toMatchObject({ status: 200, json: { value: true } });
    const forged = `${key.text.slice(0, -8)}AAAAAAAA`;
    expect((await evaluate(cold, forged)).status).toBe(401);
    // Nobody knows whether it exists: an SDK must not give up for that.
    expect((await evaluate(cold, unknown.text)).status).toBe(503);
    expect((await cold.ask('GET', '/native/v1/ruleset', { key: key.text })).headers['etag']).toBe(history.etag);
  });

  it('row 18: answers on for days, restarts meanwhile, and says how old its ruleset is', async () => {
    const { edge } = await follow();
    await until(() => saved('"revision":1,'));
    const log = edge.log;
    log.failing = true;
    clock += 7 * DAY;
    expect((await evaluate(edge)).json.value).toBe(true);
    expect(edge.edge.status()).toMatchObject({ ready: true, environments: [{ ageMs: 7 * DAY, confirmed: true }] });
    await edge.edge.stop();
    const cold = await start(dead());
    clock += 7 * DAY;
    expect((await evaluate(cold)).json.value).toBe(true);
    expect(cold.edge.status()).toMatchObject({ ready: true, environments: [{ ageMs: 14 * DAY, confirmed: false }] });
  });

  it('row 25: has no ruleset from the future and none that expired, whatever the clock says', async () => {
    const { edge } = await follow();
    await until(() => saved('"revision":1,'));
    await edge.edge.stop();
    for (const step of [-DAY, 20 * 365 * DAY]) {
      clock += step;
      const cold = await start(dead());
      expect(cold.edge.status()).toMatchObject({ ready: true, environments: [{ revision: 1 }] });
      expect(cold.edge.status().environments[0]?.ageMs).toBeGreaterThanOrEqual(0);
      await cold.edge.stop();
    }
  });

  it('catches up when the bus is back, and is confirmed by it', async () => {
    const { edge } = await follow();
    await until(() => saved('"revision":1,'));
    await edge.edge.stop();
    const log = dead();
    const cold = await start(log);
    history.publishCheckpoint(log);
    history.publish(log, flag('a', { enabled: false }));
    log.failing = false;
    log.wake();
    await until(() => cold.edge.status().environments[0]?.confirmed ?? false);
    expect(cold.edge.status().environments).toMatchObject([{ revision: 2, confirmed: true, ageMs: 0 }]);
  });

  it('keeps an environment on disk that the bus no longer has', async () => {
    const { edge } = await follow();
    await until(() => saved('"revision":1,'));
    await edge.edge.stop();
    const cold = await start(new MemoryLog());
    expect(cold.edge.status()).toMatchObject({ ready: true, environments: [{ id: 'env-1', revision: 1 }] });
    expect((await evaluate(cold)).status).toBe(200);
  });

  it('with nothing on disk comes up, answers 503 and is not ready', async () => {
    const cold = await start(dead());
    expect(cold.edge.status().ready).toBe(false);
    expect((await evaluate(cold)).status).toBe(503);
  });
});

describe('copies on disk that are torn or corrupt', () => {
  it('row 16: cut at every place of the header or altered in any of its bytes, they give way to the older one', async () => {
    const { edge, log } = await follow();
    await until(() => saved('"revision":1,'));
    history.publish(log, flag('a', { enabled: false }));
    await until(() => saved('"revision":2,'));
    await edge.edge.stop();
    const whole = await readFile(file());
    const header = whole.indexOf('\n') + 1;
    expect(await load()).toMatchObject({ generation: 'newer', place: { revision: 2 } });
    const older = async (what: string): Promise<void> =>
      expect(await load(), what).toMatchObject({ generation: 'older', place: { revision: 1 } });
    for (let length = 0; length <= header; length++) {
      await writeFile(file(), whole);
      await truncate(file(), length);
      await older(`cut to ${length}`);
    }
    for (let at = 0; at < header; at++) {
      const altered = Buffer.from(whole);
      altered[at] = (altered[at] ?? 0) ^ (1 << (at % 8));
      await writeFile(file(), altered);
      await older(`byte ${at}`);
    }
  });

  it('row 16: of both generations are no copy; the bus is asked', async () => {
    const { edge } = await follow();
    await until(() => saved('"revision":1,'));
    await edge.edge.stop();
    await writeFile(file(), 'x');
    await writeFile(file('.1'), '');
    const cold = await start(dead());
    expect([cold.edge.status().ready, revisionOf(cold)]).toEqual([false, null]);
    const log = new MemoryLog();
    history.publishCheckpoint(log);
    await cold.edge.stop();
    expect(revisionOf(await start(log))).toBe(1);
  });

  it('of another environment are refused', async () => {
    const { edge } = await follow();
    await until(() => saved('"revision":1,'));
    await edge.edge.stop();
    await cp(join(rulesetDir, 'env-1'), join(rulesetDir, 'env-2'), { recursive: true });
    const cold = await start(dead());
    const found = cold.edge.status().environments.map(({ id, revision }) => [id, revision]);
    expect(found).toHaveLength(2);
    expect(Object.fromEntries(found)).toEqual({ 'env-1': 1, 'env-2': null });
  });
});

describe('a disk that is full or read-only', () => {
  it('row 17: leaves the edge with its memory, holds up no change, and is said', async () => {
    await mkdir(rulesetDir, { recursive: true });
    // A file where the folder of the environment would be: nobody can write below it, not even root.
    await writeFile(join(rulesetDir, 'env-1'), '');
    await chmod(rulesetDir, 0o500);
    const { edge, log } = await follow();
    for (let i = 0; i < 5; i++) history.publish(log, flag('a', { enabled: i % 2 === 1 }));
    await until(() => revisionOf(edge) === 6);
    expect((await evaluate(edge)).json.value).toBe(false);
    expect(edge.edge.status().ready).toBe(true);
    const complaints = (): number => edge.logLines.filter((line) => line.includes('could not be saved')).length;
    await until(() => complaints() === 1);
    await chmod(rulesetDir, 0o700);
  });
});

describe('a ruleset that kills the edge', () => {
  it('row 27: is quarantined after two unclean starts, until a newer revision comes', async () => {
    const { edge, log } = await follow();
    await until(() => saved('"revision":1,'));
    history.publish(log, flag('a', { enabled: false }));
    await until(() => saved('"revision":2,'));
    // What a process leaves that dies of it: the copies and its mark. `stop` would take the mark away.
    const left = join(rulesetDir, '..', 'left');
    await cp(rulesetDir, left, { recursive: true });
    await edge.edge.stop();
    const restart = async (log: MemoryLog): Promise<EdgeServer> => {
      await rm(rulesetDir, { recursive: true });
      await cp(left, rulesetDir, { recursive: true });
      const next = await start(log);
      await rm(left, { recursive: true });
      await cp(rulesetDir, left, { recursive: true });
      return next;
    };
    const once = await restart(dead());
    expect(revisionOf(once)).toBe(2);
    await once.edge.stop();
    const twice = await restart(log);
    expect(twice.edge.status()).toMatchObject({
      ready: true,
      environments: [{ revision: 1, refused: { reason: 'quarantine' } }],
    });
    expect((await evaluate(twice)).json.value).toBe(true);
    history.publish(log, flag('a', { variants: { on: true, off: false } }));
    await until(() => revisionOf(twice) === 3);
    expect(twice.edge.status().environments[0]).not.toHaveProperty('refused');
  });
});
