import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createAuthority } from '@flaghoist/testkit';
import { expect, it } from 'vitest';
import { certificateSeries, shownBelow } from './certificate-series.ts';

const DAY_MS = 86_400_000;

it('Every certificate that is shown says when it ends, and a file that is none that it has ended', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'flaghoist-ends-'));
  const [nats, database] = [join(folder, 'nats.crt'), join(folder, 'database.crt')];
  const authority = createAuthority();
  await writeFile(nats, authority.issue({ names: ['one'], toMs: DAY_MS }).cert);
  await writeFile(database, 'none');
  const url = `postgres://u:p@one:5432,two:5432/name?sslmode=verify-full&sslcert=${encodeURIComponent(database)}`;
  const shown = shownBelow(url, { url: 'tls://one:4222', cert: nats });
  const { name, across, samples } = await certificateSeries(undefined, shown);
  expect([name, across]).toEqual(['certificate_expiry_timestamp_seconds', 'min']);
  expect(samples.map(({ labels }) => labels)).toEqual([{ use: 'nats' }, { use: 'database' }]);
  const [ends, ended] = samples.map(({ value }) => value);
  expect(Math.abs((ends ?? 0) - (Date.now() + DAY_MS) / 1_000)).toBeLessThan(60);
  expect(ended).toBe(0);
  expect((await certificateSeries(undefined, shownBelow('postgres://one/name', undefined))).samples).toEqual([]);
  await rm(folder, { recursive: true });
});
