/** A region with a NATS server of its own, as it is shipped, is cut off from the others, and comes back. */
import { expect, it } from 'vitest';
import { COUNTED, openCounterLine } from '../counter-line.ts';
import { awaitCounts } from '../evaluation-counts.ts';
import { linkTo } from '../link.ts';
import type { Status } from '../management-api.ts';
import { openScene } from '../scene.ts';
import { configureRegion, configureShipped, startShipped } from '../shipped-nats.ts';

const ASKED = 50;

it('a region that is cut off goes on, also from its disk, and catches up when the line is back', async () => {
  const scene = openScene();
  const centre = await configureShipped(scene);
  await startShipped(scene, centre.file);
  const wire = await linkTo(scene, centre.leafPort);
  const region = await configureRegion(scene, centre, wire.port);
  await startShipped(scene, region.file);
  const login = 'tls://flaghoist:change-me@localhost';
  const line = await openCounterLine(scene, {
    url: `${login}:${centre.port}`,
    edgeUrl: `${login}:${region.port}`,
    env: { FLAGHOIST_NATS_CA: centre.ca },
  });
  const data = await scene.folder();
  let edge = await line.startEdge(data);
  await line.set(1);
  await line.expect(edge, 1);
  for (let asked = 0; asked < ASKED; asked++) await line.ask(edge);
  await awaitCounts(line.api, COUNTED, line.answered());

  wire.harm({ kind: 'stall' });
  await line.set(2);
  for (let asked = 0; asked < ASKED; asked++) expect(await line.ask(edge)).toBe(1);
  expect(await edge.stop()).toMatchObject({ code: 0 });
  edge = await line.startEdge(data);
  for (let asked = 0; asked < ASKED; asked++) expect(await line.ask(edge)).toBe(1);
  expect((await line.api.get<Status>('/status')).bus).toMatchObject({ problem: null });

  wire.heal();
  await line.expect(edge, 2);
  await line.set(3);
  await line.expect(edge, 3);
  const made = line.answered();
  expect(await awaitCounts(line.api, COUNTED, made)).toMatchObject({ evaluations: made, missing: 0, dropped: 0 });
}, 300_000);
