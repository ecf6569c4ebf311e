/** Edges behind nginx and HAProxy that die and drain, and Varnish as a CDN, all as configured in deploy/. */
import { NATIVE_PATHS, ownRulesetPath } from '@flaghoist/protocol/ruleset';
import { sha256 } from '@flaghoist/runtime/crypto';
import { freePort } from '@flaghoist/testkit';
import { expect, it } from 'vitest';
import { startCarelessCache, startWatchedWay, type WatchedWay } from '../caches.ts';
import { startHaproxy, startNginx, startVarnish, type Varnish } from '../in-front.ts';
import { expectOnlyKnownEdges } from '../in-front-tls.ts';
import { makeKey, type ManagementApi, setUp } from '../management-api.ts';
import { askOverOfrep } from '../ofrep.ts';
import { type RunningServer, type ServerPlace, startServer } from '../running-server.ts';
import { openScene, type Scene } from '../scene.ts';
import { startStreamReader } from '../stream-reader.ts';
import { until } from '../until.ts';

const ENVIRONMENTS = ['production', 'staging'] as const;
const PLAIN = { 'accept-encoding': 'identity' };
type Keys = {
  readonly [name in (typeof ENVIRONMENTS)[number] | 'browser']: { readonly id: string; readonly secret: string };
};

interface Line {
  readonly control: RunningServer;
  readonly api: ManagementApi;
  readonly keys: Keys;
  readonly places: readonly [ServerPlace, ServerPlace];
}

it('row 24: behind nginx and HAProxy edges die and drain without a failed evaluation, and a CDN keeps to each key what is its own', async () => {
  const scene = openScene();
  const line = await openLine(scene);
  await balance(scene, line);
  await expectOnlyKnownEdges(scene, line.places[0], line.keys.production.secret);
  await cache(scene, line);
}, 300_000);

async function balance(scene: Scene, { control, api, keys, places }: Line): Promise<void> {
  const [first, second] = await Promise.all([startServer(scene, places[0]), startServer(scene, places[1])]);
  const behind = { edges: [first.port, second.port], control: control.port } as const;
  const balancers = await Promise.all([startNginx(scene, behind), startHaproxy(scene, behind)]);
  const key = keys.production.secret;
  for (const { url } of balancers) {
    await expectHeaders(url, api, key);
    await expectAddresses(url, keys.browser.secret);
    for (const path of ['/livez', '/metrics']) expect((await fetch(`${url}${path}`)).status, path).toBe(404);
  }
  await expectStreams(scene, balancers, { api, key });

  const asking = balancers.flatMap(({ url }) => [startAsking(scene, url, key), startAsking(scene, url, key)]);
  const more = () => until('more evaluations', 30_000, moreThan(asking, 50));
  await more();
  await first.kill();
  await more();
  await startServer(scene, { ...places[0], port: first.port });
  await more();
  expect(await second.stop()).toMatchObject({ code: 0 });
  await more();
  for (const one of asking) expect(one.failures).toEqual([]);
  for (const one of asking) await one.end();
}

/** A CDN answers while all behind it is dead, and forgets what is revoked or purged. */
async function cache(scene: Scene, { control, api, keys }: Line): Promise<void> {
  const way = await startWatchedWay(scene, control.url);
  const varnish = await startVarnish(scene, way.port);
  await expectKept(varnish, way, keys);
  await expectEachItsOwn(varnish.url, keys);
  const careless = await startCarelessCache(scene, control.url);
  await expectEachItsOwn(careless, keys);
  // It is the address that keeps them apart there.
  const plain = await rulesetOf(careless, keys.production, NATIVE_PATHS.ruleset);
  expect((await rulesetOf(careless, keys.staging, NATIVE_PATHS.ruleset)).text).toBe(plain.text);

  await expectStreams(scene, [varnish], { api, key: keys.production.secret });
  // Those who poll, because something holds their streams back.
  await until('a ruleset that is not old', 20_000, async () => {
    // Now of several parts, each a gzip member of its own, which Varnish has to put together for whoever takes no gzip.
    const { text } = await rulesetOf(varnish.url, keys.production, ownPathOf(keys.production), PLAIN);
    return text.includes(`{"now":${changes}}`) ? true : undefined;
  });
  expect(await valueOf(varnish.url, keys.production.secret)).toBe(changes);

  await api.write('POST', `/projects/shop/keys/${keys.production.id}/revoke`, {}, { ifMatch: '*' });
  const refused = async () => ((await rulesetOf(varnish.url, keys.production)).status === 401 ? true : undefined);
  await until('the refusal of a revoked key', 20_000, refused);
  const kept = await rulesetOf(varnish.url, keys.staging);
  expect(kept.status).toBe(200);

  // Whoever is behind says that nobody can answer, then says nothing at all.
  way.refuse(503);
  await until('an answer that is known to be old, and was asked for in vain', 30_000, async () => {
    const { status, text, headers } = await rulesetOf(varnish.url, keys.staging);
    expect([status, text]).toEqual([200, kept.text]);
    const tried = way.answers.filter((line) => line === `${ownPathOf(keys.staging)} 503`).length;
    return tried > 2 && Number(headers.get('age')) > 6 ? true : undefined;
  });
  await way.cut();
  expect((await rulesetOf(varnish.url, keys.staging)).text).toBe(kept.text);
  // What was revoked is not found again because nobody is there to refuse it.
  for (let asked = 0; asked < 3; asked++) {
    const { status, headers } = await rulesetOf(varnish.url, keys.production);
    expect([status, headers.get('cache-control')]).toEqual([503, 'no-store']);
  }
  way.refuse(null);
  await way.mend();
  await until('the refusal again', 20_000, refused);
}

async function openLine(scene: Scene): Promise<Line> {
  // One proxy of ours stands in front of what these processes see, on this machine.
  const trust = ['--trusted-proxies', '127.0.0.1', '--address-rate-limit', '5'];
  const control = await startServer(scene, { data: await scene.folder(), args: trust });
  const api = await setUp(control);
  await api.write('POST', '/projects', { key: 'shop', environments: ENVIRONMENTS });
  const flag = { key: 'counter', type: 'number', variants: { now: 0 }, defaultVariant: 'now', enabled: true };
  await api.write('POST', '/projects/shop/flags', { ...flag, clientVisible: true });
  // Large enough for a change to be a part of its own in an answer.
  const ballast = { key: 'ballast', type: 'string', variants: { long: 'x'.repeat(30_000) }, defaultVariant: 'long' };
  await api.write('POST', '/projects/shop/flags', ballast);
  await set(api, 'staging', 9);
  const make = (environment: string, kind: 'server' | 'client') => makeKey(api, 'shop', environment, kind);
  const [production, staging] = [await make('production', 'server'), await make('staging', 'server')];
  const keys = { production, staging, browser: await make('production', 'client') };
  const { secret: relay } = await makeKey(api, 'shop', ENVIRONMENTS, 'relay');
  const place = async (): Promise<ServerPlace> => ({
    data: await scene.folder(),
    port: await freePort(),
    args: ['--roles', 'edge', '--upstream', control.url, ...trust],
    env: { FLAGHOIST_RELAY_KEY: relay },
  });
  const places = [await place(), await place()] as const;
  await until('the keys', 20_000, async () => ((await valueOf(control.url, staging.secret)) === 9 ? true : undefined));
  return { control, api, keys, places };
}

/** Changes in production since the start: the number is the flag's value. */
let changes = 0;

/** A change arrives on streams that go on. */
async function expectStreams(
  scene: Scene,
  proxies: readonly { readonly url: string }[],
  { api, key }: { readonly api: ManagementApi; readonly key: string },
): Promise<void> {
  const readers = proxies.map(({ url }) => startStreamReader(scene, { url, key, after: 0 }));
  await until('open streams', 20_000, async () => readers.every(({ open }) => open) || undefined);
  await set(api, 'production', ++changes);
  for (const reader of readers)
    await until('a patch on a stream that goes on', 20_000, async () =>
      reader.open && reader.arrivals.some(({ kind }) => kind === 'patch') ? true : undefined,
    );
}

async function set(api: ManagementApi, environment: string, value: number): Promise<void> {
  await api.configure('shop', environment, 'counter', { variants: { now: value } });
}

async function valueOf(url: string, key: string): Promise<unknown> {
  const { status, text } = await askOverOfrep(url, key, 'counter').catch(() => ({ status: 0, text: '' }));
  return status === 200 ? (JSON.parse(text) as { readonly value: unknown }).value : undefined;
}

/** What a caller needs to know passes a proxy on its way back. */
async function expectHeaders(url: string, api: ManagementApi, key: string): Promise<void> {
  const flag = await fetch(`${url}/api/v1/projects/shop/flags/counter`, {
    headers: { authorization: `Bearer ${api.token}` },
  });
  expect(flag.headers.get('etag')).toMatch(/^"\d+"$/);
  expect(flag.headers.get('ratelimit-policy')).toContain('"principal"');
  const unmet = await fetch(`${url}${NATIVE_PATHS.ruleset}`, {
    headers: { authorization: `Bearer ${key}`, 'flaghoist-at-least': `${await environmentOf(url, key)}:1.99999` },
  });
  expect([unmet.status, unmet.headers.get('retry-after')]).toEqual([409, '1']);
  const ruleset = await fetch(`${url}${NATIVE_PATHS.ruleset}`, { headers: { authorization: `Bearer ${key}` } });
  expect(ruleset.headers.get('flaghoist-revision')).toMatch(/:1\.\d+$|^1\.\d+$/);
  expect(ruleset.headers.get('etag')).toMatch(/^(W\/)?"[\w-]{43}"$/);
}

async function environmentOf(url: string, key: string): Promise<string> {
  const answer = await fetch(`${url}${NATIVE_PATHS.ruleset}`, { headers: { authorization: `Bearer ${key}` } });
  return (JSON.parse((await answer.text()).split('\n', 1)[0] ?? '') as { readonly environment: string }).environment;
}

/** Limits are of whoever asks, whom the proxy names, and not of the proxy. */
async function expectAddresses(url: string, key: string): Promise<void> {
  const from = (address: string) =>
    fetch(`${url}/ofrep/v1/evaluate/flags/counter`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json', 'x-forwarded-for': address },
      body: '{"context":{"targetingKey":"ann"}}',
    });
  const [subnet] = [url.endsWith('0') ? '198.51.100' : '203.0.113'];
  await until('a refusal of an address', 20_000, async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => from(`${subnet}.1`)));
    const refused = answers.find(({ status }) => status === 429);
    if (refused === undefined) return undefined;
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
    expect(refused.headers.get('ratelimit')).toContain('"address"');
    expect((await from(`${subnet}.2`)).status).toBe(200);
    return true;
  });
}

interface Asking {
  readonly answered: number;
  readonly failures: readonly string[];
  end(): Promise<void>;
}

/** An OFREP client that asks as fast as it is answered. */
function startAsking(scene: Scene, url: string, key: string): Asking {
  const over = new AbortController();
  const end = async (): Promise<void> => {
    over.abort();
    await asking;
  };
  const seen = { answered: 0, failures: [] as string[], end };
  const asking = (async () => {
    while (!over.signal.aborted) {
      const answer = await askOverOfrep(url, key, 'counter').catch((error: unknown) => ({
        status: 0,
        text: `${url} ${String(error)} ${String(error instanceof Error ? error.cause : '')}`,
      }));
      if (answer.status === 200) seen.answered += 1;
      else seen.failures.push(`${answer.status} ${answer.text}`);
    }
  })();
  scene.atEnd(end);
  return seen;
}

function moreThan(asking: readonly Asking[], count: number): () => Promise<true | undefined> {
  const goals = asking.map(({ answered }) => answered + count);
  return async () => asking.every(({ answered }, at) => answered > (goals[at] ?? 0)) || undefined;
}

type ServerKey = Keys['production'];

async function rulesetOf(
  url: string,
  key: ServerKey | null,
  path = ownPathOf(key),
  headers: Readonly<Record<string, string>> = {},
) {
  const authorization: Readonly<Record<string, string>> = key === null ? {} : { authorization: `Bearer ${key.secret}` };
  const answer = await fetch(`${url}${path}`, { headers: { ...authorization, ...headers } });
  return { status: answer.status, headers: answer.headers, text: await answer.text() };
}

function ownPathOf(key: ServerKey | null): string {
  return ownRulesetPath(key?.secret ?? '', sha256);
}

/** One answer from behind is enough for many, compressed or not, until it is purged. */
async function expectKept(varnish: Varnish, way: WatchedWay, { production: key }: Keys): Promise<void> {
  const path = ownPathOf(key);
  const fromBehind = (): number => way.answers.filter((line) => line.startsWith(path)).length;
  const purge = (name: string, url = varnish.purgeUrl) =>
    fetch(url, { method: 'BAN', headers: { 'surrogate-key': name } });
  const first = await rulesetOf(varnish.url, key);
  expect([first.status, first.headers.get('surrogate-key')]).toEqual([200, null]);
  const head = first.headers.get('etag')?.replace(/^(W\/)?"(.*)"$/, '$2') ?? '';
  const { environment } = JSON.parse(first.text.split('\n', 1)[0] ?? '') as { readonly environment: string };
  await until('many answers of one from behind', 20_000, async () => {
    await rulesetOf(varnish.url, key);
    const before = fromBehind();
    const plain = await rulesetOf(varnish.url, key, path, PLAIN);
    const packed = await rulesetOf(varnish.url, key, path, { 'accept-encoding': 'gzip' });
    const known = await rulesetOf(varnish.url, key, path, { 'if-none-match': `"${head}"` });
    expect([plain.text, packed.text, known.status]).toEqual([first.text, first.text, 304]);
    return fromBehind() === before ? true : undefined;
  });
  for (const name of [`head-${head}`, `environment-${environment}`])
    await until(`${name} is purged`, 20_000, async () => {
      await rulesetOf(varnish.url, key);
      const before = fromBehind();
      expect((await purge(name)).status).toBe(200);
      expect(Number((await rulesetOf(varnish.url, key)).headers.get('age'))).toBe(0);
      return fromBehind() > before ? true : undefined;
    });
  expect((await purge('.*')).status).toBe(400);
  expect((await purge(`head-${head}`, varnish.url)).status).toBe(405);
}

/** Whoever asks, in whatever order: nobody gets what another key may read, and refusals are not kept for others. */
async function expectEachItsOwn(url: string, { production, staging }: Keys): Promise<void> {
  const [own, other] = [await rulesetOf(url, production), await rulesetOf(url, staging)];
  expect([own.status, other.status]).toEqual([200, 200]);
  expect(other.text).toContain('{"now":9}');
  expect(own.text).not.toContain('{"now":9}');
  for (let round = 0; round < 3; round++) {
    expect((await rulesetOf(url, production)).text).toBe(own.text);
    expect((await rulesetOf(url, staging)).text).toBe(other.text);
  }
}
