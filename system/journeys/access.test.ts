/** Who may see what, from the setup link to a key that was revoked. */
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { startProviderApplication } from '../application.ts';
import { openCommandLine } from '../command-line.ts';
import { makeKey, type ManagementApi, openManagementApi, setUp } from '../management-api.ts';
import { askOverOfrep } from '../ofrep.ts';
import { type RunningServer, startServer } from '../running-server.ts';
import { openScene, type Scene } from '../scene.ts';
import { startStreamReader } from '../stream-reader.ts';
import { until } from '../until.ts';

const NATIVE = ['/native/v1/ruleset', '/native/v1/stream'] as const;
/** What only those may read who may read rules. */
const RULE_WORDS = ['beta-testers', 'insiders-rule', 'insider.example', 'hidden-price', 'salt-of-the-shop'];

it('A client key gets the answers of visible flags and nothing else', async () => {
  const scene = openScene();
  const { server, api } = await openShop(scene);
  const { secret: key } = await makeKey(api, 'shop', 'production', 'client');
  await untilKnown(server, key);

  for (const path of NATIVE) {
    const answer = await fetch(`${server.url}${path}`, { headers: { authorization: `Bearer ${key}` } });
    expect([path, answer.status]).toEqual([path, 403]);
    expectNoRules(await answer.text());
  }
  const contexts = [
    {},
    { targetingKey: 'ada' },
    { targetingKey: 'eve', email: 'eve@insider.example' },
    { email: [1, {}] },
  ];
  const seen = await Promise.all(
    contexts.flatMap((context) =>
      [null, 'checkout', 'hidden-price', 'no-such-flag'].map((flag) => askOverOfrep(server.url, key, flag, context)),
    ),
  );
  for (const { text } of seen) expectNoRules(text.replace('"key":"hidden-price"', ''));

  const all = await askOverOfrep(server.url, key, null, { targetingKey: 'ada' });
  const { flags } = JSON.parse(all.text) as { readonly flags: readonly { readonly key: string }[] };
  expect(flags.map((flag) => flag.key)).toEqual(['checkout']);
  const hidden = await askOverOfrep(server.url, key, 'hidden-price');
  const absent = await askOverOfrep(server.url, key, 'no-such-flag');
  expect(hidden.status).toBe(404);
  expect({ ...hidden, text: hidden.text.replace('hidden-price', 'no-such-flag') }).toEqual(absent);
});

it('A key sees its own environment and no other', async () => {
  const scene = openScene();
  const { server, api } = await openShop(scene);
  await api.configure('shop', 'staging', 'checkout', { enabled: false });
  const { environments } = await readEnvironments(api);
  for (const kind of ['server', 'client'] as const)
    for (const [environment, value] of [
      ['production', true],
      ['staging', false],
    ] as const) {
      const { secret: key } = await makeKey(api, 'shop', environment, kind);
      await untilKnown(server, key);
      const { text } = await askOverOfrep(server.url, key, 'checkout', { email: 'eve@insider.example' });
      expect([kind, environment, JSON.parse(text)]).toMatchObject([kind, environment, { value }]);
      const other = environment === 'production' ? 'staging' : 'production';
      for (const path of NATIVE) {
        const query = `?environment=${environments[other]}`;
        const headers = { authorization: `Bearer ${key}` };
        const answer = await fetch(`${server.url}${path}${query}`, { headers });
        expect([kind, path, answer.status]).toEqual([kind, path, 403]);
        expectNoRules(await answer.text());
      }
    }
});

it('A revoked key is refused everywhere within five seconds, and its provider goes on with what it has', async () => {
  const scene = openScene();
  const { server, api } = await openShop(scene);
  const { id, secret: key } = await makeKey(api, 'shop', 'production', 'server');
  const context = { targetingKey: 'eve', email: 'eve@insider.example' };
  const first = { flag: 'checkout', fallback: false, context };
  const dataDir = await scene.folder();
  const provider = await startProviderApplication(scene, { url: server.url, key, dataDir }, first);
  const { revision } = await api.get<{ readonly revision: number }>('/projects/shop/environments/production');
  const reader = startStreamReader(scene, { url: server.url, key, after: revision });
  await until('an open stream', 5_000, async () => (reader.open ? true : undefined));
  expect((await askOverOfrep(server.url, key, 'checkout', context)).status).toBe(200);

  const terminal = await openCommandLine(scene);
  const from = provider.events.length;
  const signedIn = ['--url', server.url, '--token', api.token];
  await terminal.json('keys', 'revoke', id, '-p', 'shop', ...signedIn);
  const revokedAt = performance.now();
  await until('a door that refuses the key', 5_000, async () =>
    (await askOverOfrep(server.url, key, 'checkout')).status === 401 ? true : undefined,
  );
  await until('the end of its stream', 5_000, async () => (!reader.open && reader.refused === 401 ? true : undefined));
  await provider.event('PROVIDER_ERROR', 5_000, from);
  expect(performance.now() - revokedAt).toBeLessThan(5_000);
  const ruleset = await fetch(`${server.url}/native/v1/ruleset`, { headers: { authorization: `Bearer ${key}` } });
  expect(ruleset.status).toBe(401);

  expect(await provider.status()).toBe('ERROR');
  await api.configure('shop', 'production', 'checkout', { enabled: false });
  expect(await provider.evaluate('checkout', false, [context])).toMatchObject([{ value: true, rule: 'insiders-rule' }]);
  expect(reader.arrivals.filter((arrival) => arrival.revision > revision + 1)).toEqual([]);
});

it('Keys that are missing, mistyped, forged or of another installation are refused, whatever they ask for', async () => {
  const scene = openScene();
  const { server, api } = await openShop(scene);
  const elsewhere = await openShop(scene);
  const { secret: own } = await makeKey(api, 'shop', 'production', 'server');
  await untilKnown(server, own);
  const { secret: foreign } = await makeKey(elsewhere.api, 'shop', 'production', 'server');
  const { secret: other } = await makeKey(elsewhere.api, 'shop', 'production', 'client');
  const mistyped = [null, '', 'nonsense', own.slice(0, -1), `${own}x`, own.toUpperCase()];
  const wrong: readonly (string | null)[] = [...mistyped, forge(own), foreign, other, api.token];

  for (const flag of [null, 'checkout', 'no-such-flag'])
    for (const key of wrong) expect([key, (await askOverOfrep(server.url, key, flag)).status]).toEqual([key, 401]);
  for (const path of NATIVE)
    for (const key of wrong) {
      const headers = key === null ? {} : { authorization: `Bearer ${key}` };
      expect([key, (await fetch(`${server.url}${path}`, { headers })).status]).toEqual([key, 401]);
    }
  // The same words for every key that nobody here knows, and for every flag, be it there or not.
  const texts = await Promise.all(
    [foreign, other].flatMap((key) =>
      ['checkout', 'hidden-price', 'no-such-flag'].map(async (flag) =>
        (await askOverOfrep(server.url, key, flag)).text.replace(flag, 'FLAG'),
      ),
    ),
  );
  expect(new Set(texts).size).toBe(1);
  for (const text of texts) expectNoRules(text);
  expect((await askOverOfrep(server.url, own, 'checkout')).status).toBe(200);
});

it('The setup link works once, also when a later start printed another', async () => {
  const scene = openScene();
  const data = await scene.folder();
  const before = await startServer(scene, { data });
  const oldLink = before.setupUrl;
  await before.stop();
  const server = await startServer(scene, { data });
  expect(server.setupUrl).not.toBeNull();
  expect(server.setupUrl?.split('#')[1]).not.toBe(oldLink?.split('#')[1]);

  const answers = await Promise.all([server.setupUrl, server.setupUrl, oldLink].map((link) => complete(server, link)));
  expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([201, 409, 409]);
  for (const link of [server.setupUrl, oldLink]) expect((await complete(server, link)).status).toBe(409);
  await server.stop();
  const again = await startServer(scene, { data });
  expect(again.setupUrl).toBeNull();
  expect((await complete(again, oldLink)).status).toBe(409);
});

it('No secret is written to the log or to the disk', async () => {
  const scene = openScene();
  const data = await scene.folder();
  const server = await startServer(scene, { data, args: ['--log-level', 'trace'] });
  const api = await setUp(server);
  await makeShop(api);
  const keys = [];
  for (const kind of ['server', 'client'] as const) keys.push((await makeKey(api, 'shop', 'production', kind)).secret);
  const { secret: token } = await api.write<{ readonly secret: string }>('POST', '/tokens', {
    name: 'bot',
    role: 'editor',
  });
  await openManagementApi(server.url, token).get('/projects');
  for (const key of keys) {
    await untilKnown(server, key);
    await askOverOfrep(server.url, key, 'checkout');
    // A key where none belongs is no reason to repeat it.
    await fetch(`${server.url}/api/v1/projects`, { headers: { authorization: `Bearer ${key}` } });
    await fetch(`${server.url}/native/v1/stream?key=${key}`);
  }
  const secrets = [...keys, token, api.token, server.setupUrl?.split('#')[1] ?? ''];
  expect(secrets.every((secret) => /^fh[a-z]_\w{10}_\w{43}_\w{6}$/.test(secret))).toBe(true);

  const running = await textsBelow(data);
  const { stderr } = await server.stop();
  const texts = [...running, ...(await textsBelow(data)), ['the log', stderr] as const];
  // What may be there is found: the id in front of each secret.
  const isThere = (part: string): boolean => texts.some(([, text]) => text.includes(part));
  expect(keys.map((key) => isThere(key.split('_')[1] ?? ''))).toEqual([true, true]);
  for (const secret of secrets) {
    // The middle part is the secret itself.
    const core = secret.split('_')[2] ?? secret;
    expect(texts.filter(([, text]) => text.includes(core)).map(([path]) => path)).toEqual([]);
  }
});

async function openShop(scene: Scene): Promise<{ readonly server: RunningServer; readonly api: ManagementApi }> {
  const server = await startServer(scene, { data: await scene.folder() });
  const api = await setUp(server);
  await makeShop(api);
  return { server, api };
}

/** A visible flag with a rule, a segment and a salted rollout, and a flag that clients must not know of. */
async function makeShop(api: ManagementApi): Promise<void> {
  await api.write('POST', '/projects', { key: 'shop', environments: ['production', 'staging'] });
  const conditions = [{ attribute: 'email', operator: 'endsWith', values: ['@insider.example'] }];
  await api.write('POST', '/projects/shop/environments/production/segments', { key: 'beta-testers', conditions });
  const visible = { key: 'checkout', type: 'boolean', clientVisible: true, enabled: true };
  await api.write('POST', '/projects/shop/flags', visible);
  await api.write('POST', '/projects/shop/flags', { key: 'hidden-price', type: 'boolean', enabled: true });
  const variants = [
    { variant: 'on', weight: 1 },
    { variant: 'off', weight: 1 },
  ];
  await api.configure('shop', 'production', 'checkout', {
    rules: [{ id: 'insiders-rule', conditions: [{ segment: 'beta-testers' }], serve: { variant: 'on' } }],
    default: { rollout: { variants, bucketing: { algorithm: 'murmur3/1', salt: 'salt-of-the-shop' } } },
  });
}

async function readEnvironments(api: ManagementApi) {
  const items = await api.list<{ readonly id: string; readonly key: string }>('/projects/shop/environments');
  const idOf = (key: string): string => items.find((item) => item.key === key)?.id ?? '';
  return { environments: { production: idOf('production'), staging: idOf('staging') } };
}

/** The same id with another secret, and a check at its end that is right. */
function forge(key: string): string {
  const [prefix, id] = key.split('_');
  const body = `${prefix}_${id}_${'0'.repeat(43)}`;
  const hash = createHash('sha256').update(body).digest('base64url');
  return `${body}_${hash.replaceAll(/[-_]/g, '').slice(0, 6)}`;
}

/** A new key reaches the doors along the line, a moment after it was made. */
async function untilKnown(server: RunningServer, key: string): Promise<void> {
  await until('a door that knows the key', 10_000, async () =>
    (await askOverOfrep(server.url, key, null)).status === 200 ? true : undefined,
  );
}

function expectNoRules(text: string): void {
  expect(RULE_WORDS.filter((word) => text.includes(word))).toEqual([]);
}

function complete(server: RunningServer, link: string | null): ReturnType<ManagementApi['send']> {
  const setup = link?.split('#')[1] ?? '';
  return openManagementApi(server.url, 'none').send('POST', '/setup', { setup });
}

/** Every file below a folder as bytes, one character each. */
async function textsBelow(folder: string): Promise<readonly (readonly [path: string, text: string])[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return Promise.all(files.map(async (path) => [path, await readFile(path, 'latin1')] as const));
}
