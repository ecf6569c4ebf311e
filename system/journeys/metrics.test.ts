/** What an operator reads at /metrics: the names that are documented, true counts, and nothing of what is inside. */
import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { makeKey, setUp } from '../management-api.ts';
import { askOverOfrep } from '../ofrep.ts';
import { readMetrics } from '../read-metrics.ts';
import { startServer } from '../running-server.ts';
import { openScene } from '../scene.ts';
import { until } from '../until.ts';

const PAGE = new URL('../../docs/operations/metrics.md', import.meta.url);
const WITHIN_MS = 30_000;
/** Only there once one was refused. */
const ABSENT_AT_FIRST = ['flaghoist_ruleset_rejected_total'];
const WORDS = ['hidden-shop', 'hidden-stage', 'hidden-flag', 'hidden-person', 'hidden-variant'];

it('Metrics have the documented names, count what happened, and name nobody', async () => {
  const scene = openScene();
  const server = await startServer(scene, { data: await scene.folder(), args: ['--metrics-port', '0'] });
  const api = await setUp(server);
  await api.write('POST', '/projects', { key: 'hidden-shop', environments: ['hidden-stage'] });
  const key = await makeKey(api, 'hidden-shop', 'hidden-stage', 'server');
  await until('the edge knows the key', WITHIN_MS, async () => {
    const { status } = await askOverOfrep(server.url, key.secret, 'no-such-flag');
    return status === 404 || undefined;
  });
  // What the edge begins with is no delivery: it follows by now.
  const flag = { key: 'hidden-flag', type: 'string', variants: { 'hidden-variant': 'x' }, enabled: true };
  await api.write('POST', '/projects/hidden-shop/flags', { ...flag, defaultVariant: 'hidden-variant' });
  const ask = () => askOverOfrep(server.url, key.secret, 'hidden-flag', { targetingKey: WORDS[3] });
  await until('the edge has the flag', WITHIN_MS, async () => (await ask()).status === 200 || undefined);
  for (let i = 1; i < 5; i++) await ask();
  await askOverOfrep(server.url, `${key.secret}x`, 'hidden-flag');
  const stream = new AbortController();
  const headers = { authorization: `Bearer ${key.secret}` };
  await fetch(`${server.url}/native/v1/stream`, { headers, signal: stream.signal });

  const of = await until('the evaluations are counted and folded', WITHIN_MS, async () => {
    const metrics = await readMetrics(server);
    const folded = (metrics.value('flaghoist_exposure_batches_stored_total') ?? 0) > 0;
    const delivered = (metrics.value('flaghoist_propagation_seconds_count{stage="edge"}') ?? 0) > 0;
    return (folded && delivered && metrics.sum('flaghoist_evaluations_total') === 5) || undefined ? metrics : undefined;
  });
  expect(of.value('flaghoist_evaluations_total{reason="STATIC"}')).toBe(5);
  expect(of.value('flaghoist_auth_failures_total{kind="key_malformed"}')).toBe(1);
  expect(of.value('flaghoist_stream_connections{kind="sdk"}')).toBe(1);
  expect(of.value('flaghoist_requests_total{door="ofrep"}')).toBeGreaterThanOrEqual(7);
  expect(of.value('flaghoist_requests_total{door="management"}')).toBeGreaterThanOrEqual(4);
  expect(of.value('flaghoist_request_duration_seconds_count{door="ofrep"}')).toBeGreaterThanOrEqual(1);
  for (const name of ['ready', 'database_up', 'bus_up', 'processes']) expect(of.value(`flaghoist_${name}`)).toBe(1);
  expect(of.value('flaghoist_outbox_unpublished')).toBe(0);
  const committed = of.sum('flaghoist_control_ruleset_revision');
  expect(committed).toBeGreaterThanOrEqual(2);
  expect([of.sum('flaghoist_published_ruleset_revision'), of.sum('flaghoist_edge_ruleset_revision')]).toEqual([
    committed,
    committed,
  ]);
  expect(of.value('flaghoist_propagation_seconds_count{stage="edge"}')).toBeGreaterThanOrEqual(1);
  expect(of.value('flaghoist_audit_entries')).toBeGreaterThanOrEqual(committed);
  expect(Math.abs((of.value('flaghoist_audit_head_timestamp_seconds') ?? 0) - Date.now() / 1_000)).toBeLessThan(120);
  expect([of.value('flaghoist_audit_heads_broken'), of.value('flaghoist_audit_verify_failures_total')]).toEqual([0, 0]);
  const accepted = of.value('flaghoist_exposure_batches_accepted_total');
  expect(accepted).toBe(of.value('flaghoist_exposure_batches_forwarded_total'));
  stream.abort();

  for (const word of [...WORDS, key.id, key.secret, api.token]) expect(of.text).not.toContain(word);
  expect(of.names.filter((name) => name.startsWith('flaghoist_')).sort()).toEqual(await documented());
  expect(of.names).toEqual(
    expect.arrayContaining(['process_resident_memory_bytes', 'nodejs_eventloop_lag_p99_seconds']),
  );
  expect((await fetch(`${server.url}/metrics`)).status).toBe(404);
  expect((await fetch(of.url.replace('/metrics', '/readyz'))).status).toBe(404);
  expect((await fetch(of.url, { method: 'POST' })).status).toBe(404);
  expect(await server.stop()).toMatchObject({ code: 0 });
}, 120_000);

/** The first column of the table, and all that a scrape prints even when nothing was counted. */
async function documented(): Promise<readonly string[]> {
  const page = await readFile(PAGE, 'utf8');
  const names = [...page.matchAll(/^\| `(flaghoist_[a-z_]+)` \|/gm)].map(([, name = '']) => name);
  for (const name of ABSENT_AT_FIRST) expect(names).toContain(name);
  return names.sort();
}
