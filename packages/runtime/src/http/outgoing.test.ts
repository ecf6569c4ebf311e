import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer as createPlain, type Server } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { TlsOptions } from 'node:tls';
import { createAuthority } from '@flaghoist/testkit';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { openOutgoingTls, type OutgoingTls, type OutgoingTlsSources } from '../tls/index.ts';
import { clientCertificateProblem } from './connection-problem.ts';
import { request, RequestError } from './request.ts';
import { openTextStream } from './text-stream.ts';

const authority = createAuthority();
const names = ['localhost', '127.0.0.1'];
const opened: OutgoingTls[] = [];
const servers: Server[] = [];
let folder = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'flaghoist-outgoing-'));
});
afterEach(() => {
  for (const tls of opened.splice(0)) tls.stop();
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Answers with how many connections it has seen, or as a stream of events. */
async function serve(options: TlsOptions | null): Promise<number> {
  let connections = 0;
  const server = options === null ? createPlain() : createServer(options);
  server.on('request', (incoming, response) => {
    if (incoming.url === '/stream') response.writeHead(200, { 'content-type': 'text/event-stream' }).write('data\n\n');
    else response.end(String(connections));
  });
  server.on(options === null ? 'connection' : 'secureConnection', () => (connections += 1));
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

async function open(sources: OutgoingTlsSources): Promise<OutgoingTls> {
  const tls = await openOutgoingTls({ sources, everyMs: 20 });
  opened.push(tls);
  return tls;
}

/** The body, or why there is none. */
async function ask(url: string, tls?: OutgoingTls): Promise<string> {
  const options = { url, method: 'GET', headers: {}, timeoutMs: 10_000, maxBytes: 1_000, tls };
  return request(options).then(
    ({ body }) => body,
    (error: unknown) => (error instanceof RequestError ? error.message : `unexpected: ${String(error)}`),
  );
}

function stream(url: string, tls: OutgoingTls): Promise<string> {
  return new Promise((resolve) => {
    const end = openTextStream({
      url: `${url}/stream`,
      headers: {},
      timeoutMs: 10_000,
      mediaType: 'text/event-stream',
      keepsAlive: true,
      tls,
      onOpen: () => undefined,
      onText(text) {
        end();
        resolve(text);
      },
      onEnd: ({ message }) => resolve(message),
    });
  });
}

it('believes the authority it is told, keeps its connections, and says why it believes nobody else', async () => {
  const tls = await open({ ca: authority.cert });
  const url = `https://127.0.0.1:${await serve(authority.issue({ names }))}`;
  expect([await ask(url, tls), await ask(url, tls)]).toEqual(['1', '1']);
  expect(await stream(url, tls)).toBe('data\n\n');
  expect(await ask(url)).toMatch(/authority that is not known here.*NODE_EXTRA_CA_CERTS \(/);
  expect(await stream(url, await open({ ca: createAuthority('other').cert }))).toMatch(
    /authority that is not known here/,
  );

  const reasons: readonly (readonly [TlsOptions | null, RegExp])[] = [
    [
      authority.issue({ names, toMs: -1_000 }),
      /its certificate has expired, and nothing is sent.*\(CERT_HAS_EXPIRED\)\.$/,
    ],
    [authority.issue({ names, fromMs: 60_000 }), /is not valid yet/],
    [authority.issue({ names: ['flags.example'] }), /certificate is for other names: .*127\.0\.0\.1/],
    [null, /does not speak TLS\. An address for plain HTTP begins with http:\/\//],
  ];
  for (const [options, reason] of reasons) {
    const other = `https://127.0.0.1:${await serve(options)}`;
    expect(await ask(other, tls)).toMatch(reason);
    expect(await stream(other, tls)).toMatch(reason);
  }
});

it('knows what a server says to strangers from anything else', () => {
  const body = JSON.stringify({ code: 'client_certificate_needed', detail: 'Connect with one.' });
  expect(clientCertificateProblem(400, body)).toBe('Connect with one.');
  expect(clientCertificateProblem(403, body)).toBeNull();
  for (const other of ['', '{', '"client_certificate_', '{"code":"x","a":"client_certificate_"}'])
    expect(clientCertificateProblem(400, other)).toBeNull();
});

it('does not go on believing a server whose certificate has expired meanwhile', async () => {
  const tls = await open({ ca: authority.cert });
  const url = `https://127.0.0.1:${await serve({ ...authority.issue({ names, toMs: 3_000 }) })}`;
  expect(await ask(url, tls)).toBe('1');
  for (const server of servers) server.closeAllConnections();
  // A connection that resumed the first one would not be checked.
  let answer = '2';
  while (/^\d+$/.test(answer)) {
    await sleep(100);
    answer = await ask(url, tls);
    for (const server of servers) server.closeAllConnections();
  }
  expect(answer).toContain('CERT_HAS_EXPIRED');
});

it('reads its files again, and sends nothing with less than what was asked for', async () => {
  const clients = createAuthority('clients');
  const [ca, cert, key] = ['ca.crt', 'own.crt', 'own.key'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  const missing = await open({ ca, cert, key });
  expect(missing.problem).toMatch(/ca\.crt cannot be read/);
  const url = `https://127.0.0.1:${await serve({ ...authority.issue({ names }), ca: clients.cert, requestCert: true })}`;
  expect(await ask(url, missing)).toMatch(/ca\.crt cannot be read/);
  expect(await stream(url, missing)).toMatch(/ca\.crt cannot be read/);

  const own = clients.issue({ names: ['edge-1'] });
  await Promise.all([writeFile(ca, authority.cert), writeFile(cert, own.cert), writeFile(key, own.key)]);
  while (missing.problem !== null) await sleep(5);
  expect(await ask(url, missing)).toBe('1');

  await writeFile(key, clients.issue({ names: ['edge-1'] }).key);
  await sleep(100);
  expect(await ask(url, missing)).toBe('1');
  await writeFile(ca, createAuthority('other').cert);
  await writeFile(key, own.key);
  while ((await ask(url, missing)) === '1') await sleep(5);
  expect(await ask(url, missing)).toMatch(/authority that is not known here/);
  expect((await open({ cert: own.cert })).problem).toMatch(/needs both its parts/);
  expect((await open({ cert: own.cert, key: 'nowhere.key' })).problem).toMatch(/nowhere\.key cannot be read/);
});
