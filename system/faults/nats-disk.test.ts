/** Row 12 of the failure matrix: the disk of NATS is full, and has room again. Linux, as root. */
import { findNatsServer, startNats } from '@flaghoist/testkit/nats';
import { expect, it } from 'vitest';
import { COUNTED, openCounterLine } from '../counter-line.ts';
import { awaitCounts } from '../evaluation-counts.ts';
import type { Status } from '../management-api.ts';
import { makeMemoryDisk } from '../memory-disk.ts';
import { openScene } from '../scene.ts';
import { until } from '../until.ts';

/** NATS 2.9 answers nothing about streams after its disk was full, until it is restarted: any other may recover by itself. */
const RECOVERS_WITHIN_MS = findNatsServer().version.startsWith('2.9.') ? 0 : 20_000;
const SEEN_WITHIN_MS = 3_000;
const DISK_MEGABYTES = 24;

it('row 12, row 32: with the disk of NATS full edits are taken, edges answer, exposures wait; with room again nothing is missing', async (context) => {
  const scene = openScene();
  const made = await makeMemoryDisk(scene, DISK_MEGABYTES);
  if (made.disk === null) {
    console.warn(`NOT TESTED on this machine: a full disk. ${made.obstacle}`);
    context.skip(made.obstacle);
    return;
  }
  const { disk } = made;
  const nats = await startNats(1, { folder: disk.path });
  scene.atEnd(() => nats.stop());
  const [node] = nats.nodes;
  const line = await openCounterLine(scene, nats);
  const edge = await line.startEdge();
  await line.set(1);
  await line.expect(edge, 1);

  await disk.fill();
  let value = 1;
  await until('a change does not arrive', 60_000, async () => {
    await line.set(++value);
    return line.expect(edge, value, SEEN_WITHIN_MS).then(
      () => undefined,
      () => true as const,
    );
  });
  const seen = Number(await line.ask(edge));
  expect(seen).toBeLessThan(value);
  for (let asked = 0; asked < 50; asked++) expect(await line.ask(edge)).toBe(seen);
  await line.set(++value);

  await disk.relieve();
  const recovered = await line.expect(edge, value, RECOVERS_WITHIN_MS).then(
    () => true,
    () => false,
  );
  if (!recovered) {
    // What the supervisor of a server is for that answers nothing any more.
    await node?.kill();
    await node?.start();
  }
  console.log(`nats disk: ${findNatsServer().version} ${recovered ? 'recovered by itself' : 'had to be restarted'}`);
  await line.expect(edge, value, 90_000);
  await line.set(++value);
  await line.expect(edge, value);
  const evaluations = line.answered();
  expect(await awaitCounts(line.api, COUNTED, evaluations)).toMatchObject({ evaluations, missing: 0, dropped: 0 });
  expect((await line.api.get<Status>('/status')).reconciled).toMatchObject({ mismatches: 0 });
}, 300_000);
