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
/** Writes that are under way when the database dies, and how long they have been. */
const OTHERS = 20;
const UNDER_WAY_MS = 15;

it('A dead PostgreSQL stops no evaluation, leaves no write in doubt for long, and costs no change', async () => {
  const scene = openScene();
  const postgres = await startPostgresServer();
  scene.atEnd(() => postgres.stop());
  const server = await startServer(scene, { data: await scene.folder(), databaseUrl: postgres.url });
  const api = await setUp(server);
  await api.write('POST', '/projects', { key: 'shop', environments: ['production'] });
  const flag = { key: 'counter', type: 'number', variants: { now: 0 }, defaultVariant: 'now', enabled: true };
  await api.write('POST', '/projects/shop/flags', flag);
  await api.write('POST', '/projects/shop/flags', { ...flag, key: 'other' });
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
  const others = Array.from({ length: OTHERS }, (_, i) => createOther(api, i + 1));
  const underWay = others.map((send) => send());
  await sleep(UNDER_WAY_MS);
  await postgres.kill();
  const early = await Promise.all(underWay);
  expect(early.filter(({ status, code }) => status !== 200 && code !== 'outcome_unknown')).toEqual([]);
  const doubtful = { idempotencyKey: randomUUID(), ifMatch: etag, reason: 'value 3' };
  const began = performance.now();
  const unknown = await api.send('PATCH', FLAG, { variants: { now: 3 } }, doubtful);
  expect(performance.now() - began).toBeLessThan(6_000);
  expect(unknown).toMatchObject({ status: 503, body: { code: 'outcome_unknown', status: 503 } });
  expect(await api.send('GET', FLAG)).toMatchObject({ status: 503, body: { code: 'unavailable' } });
  await sleep(DOWN_MS);
  expect((await fetch(`${server.url}/livez`)).status).toBe(200);
  // What serves does not depend on what manages; who manages goes by its own role.
  expect((await fetch(`${server.url}/readyz`)).status).toBe(200);
  const managing = await fetch(`${server.url}/readyz?role=control`);
  expect([managing.status, await managing.json()]).toMatchObject([503, { problems: ['the database does not answer'] }]);
  expect([1, 2]).toContain(await door.ask());

  await postgres.restart();
  const settled = await until('a server that knows what became of the write', 20_000, async () => {
    const answer = await api.send('PATCH', FLAG, { variants: { now: 3 } }, doubtful);
    return answer.status === 503 ? undefined : answer;
  });
  expect(settled).toMatchObject({ status: 200, body: { variants: { now: 3 } } });
  for (const send of others) await until('what became of a write', 20_000, async () => done(await send()));
  const { revision } = await set(api, 4);
  expect((await fetch(`${server.url}/readyz?role=control`)).status).toBe(200);
  await until('the newest value at both doors', 20_000, async () => {
    const { last } = await provider.observed();
    return last?.value === 4 && (await door.ask()) === 4 ? true : undefined;
  });
  await expectHistory(api, revision);
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

interface Outcome {
  readonly status: number;
  /** Of a refusal. */
  readonly code: string | undefined;
}

/** A write to the other flag; sends the same request each time it is called. */
function createOther(api: ManagementApi, value: number): () => Promise<Outcome> {
  const options = { ifMatch: '*', reason: `other ${value}`, idempotencyKey: randomUUID() };
  return async () => {
    const path = `${ENVIRONMENT}/flags/other`;
    const { status, body } = await api.send('PATCH', path, { variants: { now: value } }, options);
    return { status, code: (body as { readonly code?: string }).code };
  };
}

function done({ status }: Outcome): true | undefined {
  return status === 200 ? true : undefined;
}

/** Every write once, at revisions without a gap. */
async function expectHistory(api: ManagementApi, revision: number): Promise<void> {
  const entries = (await api.list<AuditEntry>(`${ENVIRONMENT}/audit`)).toReversed().map(({ body }) => body);
  expect(entries.map((entry) => entry.revision)).toEqual(Array.from({ length: revision }, (_, i) => i + 1));
  const reasons = entries.flatMap(({ action, reason }) => (action === 'flag.edit' ? [reason ?? ''] : []));
  const starting = (word: string): readonly string[] => reasons.filter((reason) => reason.startsWith(word));
  expect(starting('value')).toEqual(['value 1', 'value 2', 'value 3', 'value 4']);
  const others = Array.from({ length: OTHERS }, (_, i) => `other ${i + 1}`);
  expect(starting('other').toSorted()).toEqual(others.toSorted());
  expect(await api.get(`${ENVIRONMENT}/audit/verify`)).toMatchObject({ intact: true });
}
