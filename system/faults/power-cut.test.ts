/**
 * Row 36 (and row 16) of the failure matrix: the power is cut under a server with the embedded database, again and again.
 * `CUTS` and `SEED` in the environment say how often and when; `npm run prove -- power-cuts` does it 100 times.
 */
import { cp, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { LastGood, VerifiedRuleset } from '@flaghoist/client';
import { createRegexEngine } from '@flaghoist/client/regex';
import { createSha256, sha256 } from '@flaghoist/runtime/crypto';
import { createGenerations } from '@flaghoist/runtime/files';
import { freePort } from '@flaghoist/testkit';
import { expect, it, type TestContext } from 'vitest';
import { ENVIRONMENT, expectHistory } from '../change-checks.ts';
import { createChangeWriter } from '../change-writer.ts';
import { findObstacle, type LoopDisk, makeDisk } from '../loop-disk.ts';
import { setUp } from '../management-api.ts';
import { isToldToStop, keepResult } from '../result.ts';
import { awaitServer, launchServer } from '../running-server.ts';
import { openScene, type Scene } from '../scene.ts';
import { chooseSeed, createRandom } from '../seeded-random.ts';

const PLACE = { project: 'shop', environment: 'production', flag: 'counter' } as const;
const CUTS = Number(process.env['CUTS'] ?? 2);
const DISK_MEGABYTES = 256;
const MOST_CHANGES = 8;

it('a cut takes what was not synced, and nothing else', async (context) => {
  const scene = openScene();
  await needDisks(scene, context);
  const disk = await makeDisk(scene, 16);
  await writeFile(join(disk.path, 'synced'), 'synced', { flush: true });
  await writeFile(join(disk.path, 'not-synced'), 'not synced');
  await disk.cut(async () => undefined);
  expect(await readFile(join(disk.path, 'synced'), 'utf8')).toBe('synced');
  expect(await readFile(join(disk.path, 'not-synced'), 'utf8').catch(() => '')).toBe('');
});

it(`row 36, row 16: ${CUTS} power cuts lose nothing that was acknowledged, and everything opens`, async (context) => {
  const scene = openScene();
  await needDisks(scene, context);
  const seed = chooseSeed();
  console.log(`power cuts: SEED=${seed}`);
  const random = createRandom(seed);
  const disk = await makeDisk(scene, DISK_MEGABYTES);
  const place = { data: join(disk.path, 'data'), port: await freePort(), args: ['--backup-every', '0s'] };
  let server = await awaitServer(launchServer(scene, place));
  const api = await setUp(server);
  await api.write('POST', '/projects', { key: 'shop', environments: ['production'] });
  const flag = { key: 'counter', type: 'number', variants: { now: 0 }, defaultVariant: 'now', enabled: true };
  await api.write('POST', '/projects/shop/flags', flag);
  const { revision: before } = await api.get<{ readonly revision: number }>(ENVIRONMENT);
  const writer = await createChangeWriter(api, PLACE);

  let value = 0;
  let usualMs = 50;
  let copyRevision = 0;
  const found = { starts: [] as number[], copies: 0, replayed: 0 };
  for (let cut = 0; cut < CUTS && !isToldToStop(); cut++) {
    for (let left = Math.floor(random() * MOST_CHANGES); left > 0; left--) {
      const began = performance.now();
      await writer.write(++value);
      usualMs = performance.now() - began;
    }
    const writing = writer.write(++value);
    // What it fails with is looked at below, when the server is back.
    writing.catch(() => undefined);
    await sleep(random() * 2 * usualMs);
    const dying = server;
    dying.program.signal('SIGSTOP');
    const acknowledged = writer.acknowledged.at(-1)?.value ?? 0;
    await disk.cut(() => dying.kill());
    const copy = await lastGoodRevision(scene, disk, copyRevision);
    copyRevision = copy ?? copyRevision;
    found.copies += copy === null ? 0 : 1;
    const began = performance.now();
    server = await awaitServer(launchServer(scene, place));
    found.starts.push(Math.round(performance.now() - began));
    const { variants } = await api.get<{ readonly variants: { readonly now: number } }>(`${ENVIRONMENT}/flags/counter`);
    expect(variants.now).toBeGreaterThanOrEqual(acknowledged);
    await writing;
    if ((cut + 1) % 10 === 0) console.log(`${cut + 1} cuts, ${value} changes`);
  }
  found.replayed = writer.acknowledged.filter((one) => one.replayed).length;
  await expectHistory(api, writer, before, value);
  expect(await server.stop()).toMatchObject({ code: 0 });
  const cuts = found.starts.length;
  const startsMs = { median: [...found.starts].sort((a, b) => a - b)[cuts >> 1], most: Math.max(...found.starts) };
  await keepResult('power-cuts', {
    seed,
    asked: CUTS,
    cuts,
    changes: { acknowledged: value, replayed: found.replayed },
    database: { startsMs },
    lastGood: { found: found.copies },
  });
}, 3_600_000);

/** A machine that cannot do it says so; the command that was asked for it fails. */
async function needDisks(scene: Scene, context: TestContext): Promise<void> {
  const obstacle = await findObstacle(scene);
  if (obstacle === null) return;
  if (process.env['CUTS'] !== undefined) throw new Error(`power cuts cannot be made here: ${obstacle}`);
  console.warn(`NOT TESTED on this machine: power cuts. ${obstacle}`);
  context.skip(obstacle);
}

/**
 * The revision of the copy of the ruleset that a process would begin with; null: none was saved yet. It is never older
 * than the one of the cut before, which was on the disk then.
 */
async function lastGoodRevision(scene: Scene, disk: LoopDisk, atLeast: number): Promise<number | null> {
  // Beside: whoever reads it takes marks away, which the server is to find.
  const beside = await scene.folder();
  const saved = join(disk.path, 'data', 'rulesets');
  const environments = await readdir(saved).catch(() => []);
  await cp(saved, beside, { recursive: true }).catch(() => undefined);
  const problems: string[] = [];
  for (const environment of environments) {
    const copy = new VerifiedRuleset({ sha256, access: 'verified', regex: createRegexEngine() });
    const lastGood = new LastGood({
      store: createGenerations({ folder: join(beside, environment), name: 'ruleset', exclusive: true }),
      sha256,
      createHasher: createSha256,
      timers: { after: () => () => undefined, now: Date.now },
      pause: () => Promise.resolve(),
      content: () => null,
      onProblem: (problem) => problems.push(problem),
    });
    const loaded = await lastGood.load((blocks) => copy.applyBlocks(blocks));
    expect(problems.filter((problem) => problem.includes('ignored'))).toEqual([]);
    if (loaded === null) continue;
    if (loaded.generation === 'newer') expect(loaded.place.revision).toBeGreaterThanOrEqual(atLeast);
    return loaded.generation === 'newer' ? loaded.place.revision : atLeast;
  }
  expect(atLeast).toBe(0);
  return null;
}
