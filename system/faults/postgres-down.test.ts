/** The database dies under a running server: what it serves goes on, what it cannot promise it says. */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { startPostgresServer } from '@flaghoist/testkit/postgres';
import { expect, it } from 'vitest';
import { startProviderApplication } from '../application.ts';
import { awaitCounts } from '../evaluation-counts.ts';
import { type AuditEntry, makeKey, type ManagementApi, setUp } from '../management-api.ts';
import { askOverOfrep } from '../ofrep.ts';
import { startServer } from '../running-server.ts';
import { openScene } from '../scene.ts';
import { until } from '../until.ts';

const ENVIRONMENT = '/projects/shop/environments/production';
const FLAG = `${ENVIRONMENT}/flags/counter`;
const CONTEXT = { targetingKey: 'somebody' };
const DOWN_MS = 4_000;

it('A dead PostgreSQL stops no evaluation, leaves no write in doubt for long, and costs no change', async () => {
  const scene = openScene();
  const postgres = await startPostgresServer();
  scene.atEnd(() => postgres.stop());
  const server = await startServer(scene, { data: await scene.folder(), databaseUrl: postgres.url });
  const api = await setUp(server);
  await api.write('POST', '/projects', { key: 'shop', environments: ['production'] });
  const flag = { key: 'counter', type: 'number', variants: { now: 0 }, defaultVariant: 'now', enabled: true };
  await api.write('POST', '/projects/shop/flags', flag);
  const { secret: key } = await makeKey(api, 'shop', 'production', 'server');
  const first = { flag: 'counter', fallback: -1, context: CONTEXT };
  const provider = await startProviderApplication(
    scene,
    { url: server.url, key, dataDir: await scene.folder() },
    first,
  );
  await provider.observe('counter', CONTEXT);
  const door = openDoor(server.url, key);
  scene.atEnd(() => door.close());
  await set(api, 1);
  await until('value 1 at the door', 10_000, async () => ((await door.ask()) === 1 ? true : undefined));

  // Acknowledged, and perhaps not published yet.
  const { etag } = await set(api, 2);
  await postgres.kill();
  const doubtful = { idempotencyKey: randomUUID(), ifMatch: etag, reason: 'value 3' };
  const began = performance.now();
  const unknown = await api.send('PATCH', FLAG, { variants: { now: 3 } }, doubtful);
  expect(performance.now() - began).toBeLessThan(6_000);
  expect(unknown).toMatchObject({ status: 503, body: { code: 'outcome_unknown', status: 503 } });
  await sleep(DOWN_MS);
  expect((await fetch(`${server.url}/livez`)).status).toBe(200);
  expect([1, 2]).toContain(await door.ask());

  await postgres.restart();
  const settled = await until('a server that knows what became of the write', 20_000, async () => {
    const answer = await api.send('PATCH', FLAG, { variants: { now: 3 } }, doubtful);
    return answer.status === 503 ? undefined : answer;
  });
  expect(settled).toMatchObject({ status: 200, body: { variants: { now: 3 } } });
  const { revision } = await set(api, 4);
  await until('the newest value at both doors', 20_000, async () => {
    const { last } = await provider.observed();
    return last?.value === 4 && (await door.ask()) === 4 ? true : undefined;
  });
  await expectAllReasons(api, ['value 1', 'value 2', 'value 3', 'value 4'], revision);
  expect(await provider.status()).toBe('READY');

  const { answered, refused } = await door.close();
  expect(refused).toEqual([]);
  const { evaluations, failures, backwards } = await provider.rest();
  expect({ failures, backwards }).toEqual({ failures: [], backwards: [] });
  await provider.close();
  // The application's first answer was one more.
  const made = evaluations + 1 + answered;
  expect(await awaitCounts(api, ENVIRONMENT, made)).toMatchObject({ evaluations: made, missing: 0, dropped: 0 });
  expect(server.program.running).toBe(true);
  expect(await server.stop()).toMatchObject({ code: 0 });
}, 120_000);

async function set(api: ManagementApi, value: number): Promise<{ readonly etag: string; readonly revision: number }> {
  const answer = await until(`value ${value}`, 20_000, async () => {
    const options = { ifMatch: '*', reason: `value ${value}`, idempotencyKey: `value-${value}-of-this-test` };
    const given = await api.send('PATCH', FLAG, { variants: { now: value } }, options);
    return given.status === 200 ? given : undefined;
  });
  const { revision } = answer.body as { readonly revision: number };
  return { etag: answer.headers.get('etag') ?? '', revision };
}

/** Asks over OFREP every 20 ms until it is closed, and keeps count of every answer. */
function openDoor(url: string, key: string) {
  const seen = { answered: 0, refused: [] as unknown[], over: false };

  /** The value; undefined when there was no good answer. */
  async function ask(): Promise<unknown> {
    const answer = await askOverOfrep(url, key, 'counter').catch((error: unknown) => error);
    if (typeof answer === 'object' && answer !== null && 'text' in answer && 'status' in answer) {
      if (answer.status === 200) {
        seen.answered += 1;
        return (JSON.parse(String(answer.text)) as { readonly value: unknown }).value;
      }
    }
    seen.refused.push(answer);
    return undefined;
  }

  const asking = (async () => {
    while (!seen.over) {
      await ask();
      await sleep(20);
    }
  })();
  return {
    ask,
    async close(): Promise<Pick<typeof seen, 'answered' | 'refused'>> {
      seen.over = true;
      await asking;
      return seen;
    },
  };
}

/** In the history, each change once, at revisions without a gap. */
async function expectAllReasons(api: ManagementApi, reasons: readonly string[], revision: number): Promise<void> {
  const entries = (await api.list<AuditEntry>(`${ENVIRONMENT}/audit`)).toReversed().map(({ body }) => body);
  expect(entries.map((entry) => entry.revision)).toEqual(Array.from({ length: revision }, (_, i) => i + 1));
  expect(entries.flatMap(({ action, reason }) => (action === 'flag.edit' ? [reason] : []))).toEqual(reasons);
  expect(await api.get(`${ENVIRONMENT}/audit/verify`)).toMatchObject({ intact: true });
}
