/** TLS between all that speak to each other, and what becomes of it when certificates expire and are exchanged. */
import { randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createAuthority } from '@flaghoist/testkit';
import { expect, it } from 'vitest';
import { startProviderApplication } from '../application.ts';
import { runProgram } from '../child-program.ts';
import { openCommandLine } from '../command-line.ts';
import { FLAGHOIST, type RunningServer, startServer } from '../running-server.ts';
import { linkTo } from '../link.ts';
import { openScene, type Scene } from '../scene.ts';
import { openSecureClient, type SecureClient } from '../secure-client.ts';
import { until } from '../until.ts';

const NAMES = ['127.0.0.1', 'localhost', 'flags.example'];
const WITHIN_MS = 60_000;
/** Long enough to be read by the server before it is over, on a slow machine too. */
const SHORT_MS = 12_000;
const TLS = 0x16;
const FIRST = { flag: 'counter', fallback: -1, context: { targetingKey: 'ann' } };

it('row 29: with an expired certificate everybody keeps what they have and says why, and goes on with a new one', async () => {
  const scene = openScene();
  const files = await openFiles(scene);
  await files.put('server');
  const certified = ['--tls-cert', files.at('server.crt'), '--tls-key', files.at('server.key')];
  const server = await startServer(scene, { data: await scene.folder(), args: certified });
  expect(server.url).toBe(`https://127.0.0.1:${server.port}`);
  const client = await openSecureClient(scene, { ca: files.ca });
  const api = await setUp(client, server);
  const command = await openCommandLine(scene, { FLAGHOIST_URL: server.url, FLAGHOIST_TOKEN: api.token });
  const status = () => command.run('status', '--ca', files.ca);
  expect(await status()).toMatchObject({ code: 0, stdout: expect.stringMatching(/certificate +valid until 20/) });

  const wire = await linkTo(scene, server.port);
  const url = `https://127.0.0.1:${wire.port}`;
  const key = await api.makeKey('server');
  const relay = await api.makeKey('relay');
  await writeFile(files.at('relay.key'), relay.secret);
  await files.put('edge');
  const edge = await startServer(scene, await edgeOver(scene, url, files));
  const application = await startProviderApplication(
    scene,
    { url, key: key.secret, dataDir: false, tls: { ca: files.ca } },
    FIRST,
  );
  expect(application.firstAnswer.value).toBe(0);
  await application.observe('counter', FIRST.context);

  await files.put('server', SHORT_MS);
  await logged(server, 'a new certificate is used from now on');
  // Where clients have to show one; by either of its two processes.
  const certifiedClient = await mutual(scene, { edge, files, key: key.secret });
  await logged(server, 'the certificate has expired, and whoever checks it does not connect');
  const before = application.events.length;
  wire.drop();
  const stale = await application.event('PROVIDER_STALE', WITHIN_MS, before);
  expect(stale.message).toContain('its certificate has expired, and nothing is sent without a good one');
  await logged(edge, 'its certificate has expired, and nothing is sent without a good one');
  expect(await status()).toMatchObject({ code: 3, stderr: expect.stringContaining('its certificate has expired') });
  expect(await evaluate(certifiedClient, edge, key.secret)).toBe(0);
  const refused = await runProgram(scene, {
    args: [
      FLAGHOIST,
      'start',
      '--roles',
      'edge',
      '--upstream',
      url,
      '--data',
      await scene.folder(),
      '--port',
      '0',
      ...certified,
    ],
    env: { FLAGHOIST_RELAY_KEY: relay.secret },
  });
  expect(refused).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/server\.crt has expired on 20.*: put a new one/),
  });

  await files.put('server');
  await until('the server with its new certificate', WITHIN_MS, async () =>
    (await status()).code === 0 ? true : undefined,
  );
  // So is the key of the edge exchanged: the new one is there before the old one is gone.
  const next = await api.makeKey('relay');
  await writeFile(files.at('relay.key'), next.secret);
  await until('both of the edge with the new key', WITHIN_MS, async () =>
    edge.program.stderr.split('a new relay key is used from now on').length === 3 ? true : undefined,
  );
  await api.write(`/projects/shop/keys/${relay.id}/revoke`, {});
  await api.serve(1);
  await until('the change in the SDK', WITHIN_MS, async () =>
    (await application.observed()).last?.value === 1 ? true : undefined,
  );
  await until('the change at the edge', WITHIN_MS, async () =>
    (await evaluate(certifiedClient, edge, key.secret)) === 1 ? true : undefined,
  );
  const { failures, backwards } = await application.rest();
  expect({ failures, backwards }).toEqual({ failures: [], backwards: [] });
  expect([...wire.begun]).toEqual([TLS]);
  expect(await edge.stop()).toMatchObject({ code: 0 });
  expect(await server.stop()).toMatchObject({ code: 0 });
}, 240_000);

type Files = Awaited<ReturnType<typeof openFiles>>;

async function openFiles(scene: Scene) {
  const folder = await scene.folder();
  const at = (name: string): string => join(folder, name);
  const authority = createAuthority();
  const clients = createAuthority('clients');
  await writeFile(at('ca.crt'), authority.cert);
  await writeFile(at('clients.crt'), clients.cert);
  return {
    at,
    ca: at('ca.crt'),
    clients,
    async put(name: string, toMs?: number) {
      const { cert, key } = authority.issue({ names: NAMES, ...(toMs === undefined ? {} : { toMs }) });
      await writeFile(at(`${name}.key`), key);
      await writeFile(at(`${name}.crt`), cert);
    },
  };
}

/** The first person, as the page does it: their session is in a cookie that nobody else can set. */
async function setUp(client: SecureClient, server: RunningServer) {
  const send = async (method: string, path: string, body: object, headers: Readonly<Record<string, string>>) => {
    const answer = await client.send(method, `${server.url}/api/v1${path}`, { body, headers });
    if (answer.status >= 300) throw new Error(`${path}: ${answer.status} ${answer.body}\n${server.program.stderr}`);
    return { body: JSON.parse(answer.body) as unknown, headers: answer.headers };
  };
  const host = `flags.example:${server.port}`;
  const own = { host, origin: `https://${host}`, 'sec-fetch-site': 'same-origin' };
  const person = { name: 'Ada', email: 'ada@shop.example', password: 'an engine that weaves' };
  const setup = server.setupUrl?.split('#')[1];
  const made = await send('POST', '/setup/account', { setup, ...person }, own);
  const { csrf } = made.body as { readonly csrf: string };
  const [cookie = ''] = made.headers['set-cookie'] ?? [];
  expect(cookie).toMatch(/^__Host-flaghoist=.*; Path=\/; HttpOnly; SameSite=Lax; Secure$/);
  expect(made.headers['strict-transport-security']).toBe('max-age=15552000');
  const session = { ...own, cookie: cookie.split(';')[0] ?? '', 'flaghoist-csrf': csrf };
  const token = await send('POST', '/tokens', { name: 'test', role: 'admin' }, session);
  const { secret } = token.body as { readonly secret: string };
  const write = async <T>(path: string, what: object, method = 'POST'): Promise<T> => {
    const matching = method === 'PATCH' ? { 'if-match': '*' } : {};
    const headers = { authorization: `Bearer ${secret}`, 'idempotency-key': randomUUID(), ...matching };
    return (await send(method, path, what, headers)).body as T;
  };
  await write('/projects', { key: 'shop', environments: ['production'] });
  const variants = { now: 0 };
  await write('/projects/shop/flags', {
    key: 'counter',
    type: 'number',
    variants,
    defaultVariant: 'now',
    enabled: true,
  });
  return {
    token: secret,
    write,
    makeKey: (kind: string) =>
      write<{ readonly id: string; readonly secret: string }>('/projects/shop/keys', {
        kind,
        environments: ['production'],
      }),
    serve: (value: number) =>
      write('/projects/shop/environments/production/flags/counter', { variants: { now: value } }, 'PATCH'),
  };
}

/** Two processes that follow with TLS, and ask whoever comes for a certificate. */
async function edgeOver(scene: Scene, upstream: string, files: Files) {
  const following = ['--upstream', upstream, '--upstream-ca', files.ca, '--relay-key-file', files.at('relay.key')];
  const listening = ['--tls-cert', files.at('edge.crt'), '--tls-key', files.at('edge.key')];
  const asking = ['--tls-client-ca', files.at('clients.crt')];
  return {
    data: await scene.folder(),
    args: ['--roles', 'edge', '--workers', '2', ...following, ...listening, ...asking],
  };
}

async function mutual(
  scene: Scene,
  { edge, files, key }: { readonly edge: RunningServer; readonly files: Files; readonly key: string },
) {
  const { clients, ca } = files;
  const own = clients.issue({ names: ['sdk'] });
  const without = await openSecureClient(scene, { ca });
  const withOther = await openSecureClient(scene, { ca, ...createAuthority('clients').issue({ names: ['sdk'] }) });
  const ask = async (client: SecureClient, path = '/native/v1/ruleset') => {
    const { status, body } = await client.send('GET', `${edge.url}${path}`, {
      headers: { authorization: `Bearer ${key}` },
    });
    return `${status} ${body.slice(0, 300)}`;
  };
  const good = await openSecureClient(scene, { ca, ...own });
  for (let n = 0; n < 4; n++) {
    expect(await ask(without)).toMatch(/^400 .*"client_certificate_needed"/);
    expect(await ask(withOther)).toMatch(/^400 .*"client_certificate_refused"/);
    expect(await ask(good)).toMatch(/^200 /);
  }
  expect(await ask(without, '/readyz')).toMatch(/^200 .*"ready":true.*"certificate":\{"notAfter":"20/);
  const application = await startProviderApplication(
    scene,
    { url: edge.url, key, dataDir: false, tls: { ca, ...own } },
    FIRST,
  );
  expect(application.firstAnswer).toMatchObject({ value: 0, revision: expect.any(Number) });
  await application.close();
  return good;
}

async function evaluate(client: SecureClient, edge: RunningServer, key: string): Promise<unknown> {
  const init = { body: { context: FIRST.context }, headers: { authorization: `Bearer ${key}` } };
  const { status, body } = await client.send('POST', `${edge.url}/ofrep/v1/evaluate/flags/counter`, init);
  expect(status, body).toBe(200);
  return (JSON.parse(body) as { readonly value?: unknown }).value;
}

async function logged(server: RunningServer, words: string): Promise<void> {
  await until(`"${words}" in a log`, WITHIN_MS, async () => {
    if (!server.program.running) throw new Error(server.program.stderr);
    return server.program.stderr.includes(words) ? true : undefined;
  });
}
