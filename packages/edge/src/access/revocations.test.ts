import { cp, mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { EdgeServer, until } from '../../test-support/edge-server.ts';
import { flag, History, mintKey } from '../../test-support/history.ts';
import { MemoryLog } from '../../test-support/memory-bus.ts';

const leaked = mintKey('server');
const other = mintKey('server');
const edges: EdgeServer[] = [];
let folder: string;
let history: History;
let log: MemoryLog;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'flaghoist-revocations-'));
  history = new History('env-1');
  log = new MemoryLog();
  history.change(flag('a'), leaked.line(), other.line());
  history.publishCheckpoint(log);
});

afterEach(async () => {
  for (const edge of edges.splice(0)) await edge.close();
  await rm(folder, { recursive: true, force: true });
});

const place = (name: string): string => join(folder, name);
async function start(name: string, bus: MemoryLog): Promise<EdgeServer> {
  const edge = await EdgeServer.create({ log: bus, rulesetDir: place(name) });
  edges.push(edge);
  await edge.edge.start();
  return edge;
}
function dead(): MemoryLog {
  const bus = new MemoryLog();
  bus.failing = true;
  return bus;
}
const statusOf = async (edge: EdgeServer, key = leaked.text): Promise<number> =>
  (await edge.ask('POST', '/ofrep/v1/evaluate/flags/a', { key, body: { context: {} } })).status;
const saved = async (name: string, text: string): Promise<boolean> =>
  (await readFile(join(place(name), 'env-1', 'ruleset'), 'utf8').catch(() => '')).includes(text);
const noted = async (name: string): Promise<boolean> =>
  (await readFile(join(place(name), 'env-1', 'revoked'), 'utf8').catch(() => '')).includes(leaked.id);

it('row 30: is written down at once, and refused by a restart from an older copy with nobody to ask', async () => {
  const edge = await start('own', log);
  await until(() => saved('own', '"revision":1,'));
  // The next save comes a second after that one; the process does not live so long.
  history.publish(log, leaked.line({ revoked: true }));
  await until(async () => (await statusOf(edge)) === 401);
  await until(() => noted('own'));
  await cp(place('own'), place('left'), { recursive: true });
  await until(() => saved('own', '"revision":2,'));
  await cp(place('own'), place('damaged'), { recursive: true });
  await truncate(join(place('damaged'), 'env-1', 'ruleset'), 100);
  for (const name of ['left', 'damaged']) {
    const again = await start(name, dead());
    expect(again.edge.status().environments).toMatchObject([{ revision: name === 'left' ? expect.any(Number) : 1 }]);
    expect([await statusOf(again), await statusOf(again, other.text)]).toEqual([401, 200]);
  }
});

it('is what the newest document says as soon as that is here: the database may have been put back', async () => {
  const edge = await start('own', log);
  history.publish(log, leaked.line({ revoked: true }));
  await until(async () => (await statusOf(edge)) === 401);
  await until(() => noted('own'));
  await edge.edge.stop();
  const restored = new History('env-1');
  restored.epoch = 2;
  restored.change(flag('a'), leaked.line(), other.line());
  const newer = new MemoryLog();
  restored.publishCheckpoint(newer);
  const again = await start('own', newer);
  await until(async () => (await statusOf(again)) === 200);
  await until(async () => !(await noted('own')));
});

it('that cannot be read is said, and leaves what the copy says', async () => {
  const edge = await start('own', log);
  history.publish(log, leaked.line({ revoked: true }));
  await until(() => saved('own', '"revision":2,'));
  await edge.edge.stop();
  await writeFile(join(place('own'), 'env-1', 'revoked'), '{"epoch":1');
  const again = await start('own', dead());
  expect(again.logLines.some((line) => line.includes('revoked keys is unreadable'))).toBe(true);
  expect(await statusOf(again)).toBe(401);
});

it('that came while the edge was down is known once the start is over, when what is above answers', async () => {
  const edge = await start('own', log);
  await until(() => saved('own', '"revision":1,'));
  await edge.edge.stop();
  history.publish(log, leaked.line({ revoked: true }));
  expect(await statusOf(await start('own', log))).toBe(401);
});

it('also ends what was admitted before and waited since', async () => {
  const edge = await start('own', log);
  const waiting = edge.ask('POST', '/ofrep/v1/evaluate/flags/a', {
    key: leaked.text,
    body: { context: {} },
    headers: { 'flaghoist-at-least': '1.2; wait=5000; else=stale' },
  });
  await until(() => edge.edge.status().waiting === 1);
  history.publish(log, leaked.line({ revoked: true }));
  expect((await waiting).status).toBe(401);
});
