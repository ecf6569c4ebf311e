import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openServerTls } from '@flaghoist/runtime/tls';
import { createAuthority } from '@flaghoist/testkit';
import { expect, it } from 'vitest';
import { captureLog } from '../../test-support/captured-log.ts';
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
  const own = authority.issue({ names: ['localhost'], toMs: 2 * DAY_MS });
  const files = { cert: join(folder, 'own.crt'), key: join(folder, 'own.key') };
  await writeFile(files.cert, own.cert);
  await writeFile(files.key, own.key);
  const listener = await openServerTls({ files, logger: captureLog().logger, now: () => new Date() });
  const { name, across, samples } = await certificateSeries(listener, shown);
  listener.stop();
  expect([name, across]).toEqual(['certificate_expiry_timestamp_seconds', 'min']);
  const inDays = samples.map(({ labels, value }) => [labels?.['use'], (value * 1_000 - Date.now()) / DAY_MS]);
  expect(inDays).toEqual([
    ['listener', expect.closeTo(2, 2)],
    ['nats', expect.closeTo(1, 2)],
    ['database', expect.closeTo(-Date.now() / DAY_MS, 2)],
  ]);
  expect((await certificateSeries(undefined, shownBelow('postgres://one/name', undefined))).samples).toEqual([]);
  await rm(folder, { recursive: true });
});
