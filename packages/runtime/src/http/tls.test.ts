import { once } from 'node:events';
import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import type * as http from 'node:http';
import * as https from 'node:https';
import { connect as connectPlain } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect, type ConnectionOptions, type TLSSocket } from 'node:tls';
import { type Certificate, createAuthority } from '@flaghoist/testkit';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createLogger } from '../telemetry/index.ts';
import { openServerTls, type ServerTls } from '../tls/index.ts';
import { createListener, type Listener } from './listener.ts';

const authority = createAuthority();
const names = ['localhost', '127.0.0.1'];
const listeners: Listener[] = [];
const opened: ServerTls[] = [];
let folder = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'flaghoist-tls-'));
});
afterEach(async () => {
  for (const tls of opened.splice(0)) tls.stop();
  await Promise.all(listeners.splice(0).map((listener) => listener.stop(0)));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const file = (name: string): string => join(folder, name);

async function put({ cert, key }: Certificate): Promise<void> {
  for (const [name, text] of [
    ['tls.crt', cert],
    ['tls.key', key],
  ] as const) {
    await writeFile(file(`${name}.new`), text);
    await rename(file(`${name}.new`), file(name));
  }
}

async function start({ clientCa, now = () => new Date() }: { clientCa?: string; now?: () => Date } = {}) {
  const log: Record<string, unknown>[] = [];
  const destination = { write: (line: string) => void log.push(JSON.parse(line) as Record<string, unknown>) };
  const logger = createLogger({ level: 'warn', name: 'test', destination });
  if (clientCa !== undefined) await writeFile(file('clients.crt'), clientCa);
  const files = { cert: file('tls.crt'), key: file('tls.key'), clientCa: clientCa && file('clients.crt') };
  const tls = await openServerTls({ files, logger, now, everyMs: 20 });
  opened.push(tls);
  const probe = {
    forStrangers: true,
    handle(request: http.IncomingMessage, response: http.ServerResponse) {
      if (request.url !== '/livez') return false;
      response.end('alive');
      return true;
    },
  };
  const listener = createListener({
    host: '127.0.0.1',
    port: 0,
    mounts: [probe],
    fallback: (_request, response) => void response.end('hello'),
    logger,
    limits: { headersTimeoutMs: 2_000 },
    tls,
  });
  listeners.push(listener);
  return { ...(await listener.start()), log, tls };
}

/** Status and body, or the code of the error. */
function get(url: string, options: https.RequestOptions = {}): Promise<string> {
  return new Promise((resolve) => {
    const outgoing = https.get(url, { agent: false, ca: authority.cert, ...options }, (answer) => {
      let text = '';
      answer.setEncoding('utf8').on('data', (part: string) => (text += part));
      answer.on('end', () => resolve(`${answer.statusCode} ${text}`));
    });
    outgoing.on('error', (error: NodeJS.ErrnoException) =>
      resolve(error.code === 'EPROTO' ? error.message : String(error.code)),
    );
  });
}

async function until(what: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await what())) await sleep(5);
}

const messages = (log: readonly Record<string, unknown>[]) =>
  log.map(({ msg, problem }) => `${String(msg)}: ${String(problem)}`);

describe('a listener with a certificate', () => {
  it('speaks TLS 1.2 and 1.3, tells plain HTTP where to go, and is silent to anything else', async () => {
    await put(authority.issue({ names }));
    const { url, port, tls } = await start();
    expect(url).toBe(`https://127.0.0.1:${port}`);
    for (const [host, covered] of [
      ['localhost', true],
      ['127.0.0.1', true],
      ['127.0.0.2', false],
      ['[::1]', false],
      ['localhost.evil.example', false],
      ['', false],
      ['a b', false],
      ['local\u0000host', false],
    ] as const)
      expect([host, tls.current.covers(host)]).toEqual([host, covered]);
    expect(await get(url)).toBe('200 hello');
    for (const version of ['TLSv1.2', 'TLSv1.3'] as const)
      expect(await get(url, { minVersion: version, maxVersion: version })).toBe('200 hello');
    const old = { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' } as const;
    expect(await get(url, old)).toContain('alert protocol version');
    expect(await get(url, { ca: createAuthority('x').cert })).toBe('UNABLE_TO_VERIFY_LEAF_SIGNATURE');

    const answer = await fetch(url.replace('https', 'http'), { method: 'POST', body: '{"secret":1}' });
    expect([answer.status, await answer.json()]).toEqual([400, expect.objectContaining({ code: 'tls_needed' })]);
    const garbage = connectPlain(port, '127.0.0.1').on('error', () => undefined);
    garbage.write(Buffer.from([0, 1, 2, 3]));
    let received = 0;
    garbage.on('data', ({ length }: Buffer) => (received += length));
    await once(garbage, 'close');
    // At most an alert of TLS.
    expect(received).toBeLessThan(16);
  });

  it('cuts those who connect and say nothing', async () => {
    await put(authority.issue({ names }));
    const { port } = await start();
    const silent = connectPlain(port, '127.0.0.1').on('error', () => undefined);
    const half = connectPlain(port, '127.0.0.1').on('error', () => undefined);
    half.write(Buffer.from([0x16, 3, 1]));
    for (const socket of [silent, half]) socket.resume();
    await Promise.all([once(silent, 'close'), once(half, 'close')]);
  });

  it('uses a new certificate for new connections, and keeps the old one while the new one is no good', async () => {
    await put(authority.issue({ names }));
    const { url, log, tls } = await start();
    const agent = new https.Agent({ keepAlive: true, maxSockets: 1, ca: authority.cert });
    const kept = () => get(url, { agent });
    expect(await kept()).toBe('200 hello');

    const other = createAuthority('another');
    await put(other.issue({ names }));
    await until(async () => (await get(url)) === 'UNABLE_TO_VERIFY_LEAF_SIGNATURE');
    expect(await get(url, { ca: other.cert })).toBe('200 hello');
    expect(await kept()).toBe('200 hello');
    expect(log).toEqual([]);

    const broken: readonly (readonly [() => Promise<void>, RegExp])[] = [
      [() => writeFile(file('tls.crt'), 'nothing'), /no certificate in PEM in .*tls\.crt/],
      [() => rm(file('tls.key')), /The private key .*tls\.key cannot be read/],
      [() => writeFile(file('tls.key'), authority.issue({ names }).key), /no certificate/],
      [() => writeFile(file('tls.crt'), authority.issue({ names }).cert), /is not that of the certificate/],
      [() => put(authority.issue({ names, toMs: -1_000 })), /tls\.crt has expired on /],
      [() => put(authority.issue({ names, fromMs: 60_000 })), /is not valid before .*clock/],
    ];
    for (const [spoil, problem] of broken) {
      await spoil();
      await until(() => problem.test(tls.status().problem ?? ''));
      expect(await get(url, { ca: other.cert })).toBe('200 hello');
    }
    expect(messages(log).every((text) => text.startsWith('tls: the new files cannot be used'))).toBe(true);

    await put(authority.issue({ names }));
    await until(async () => (await get(url)) === '200 hello');
    expect(tls.status().problem).toBeNull();
    agent.destroy();
  });

  it('fails no request while certificates are exchanged', async () => {
    await put(authority.issue({ names }));
    const { url, tls } = await start();
    let exchanges = 0;
    tls.onChange(() => (exchanges += 1));
    const agent = new https.Agent({ keepAlive: true, ca: authority.cert });
    const over = new AbortController();
    const answers = new Map<string, number>();
    const ask = async (options: https.RequestOptions): Promise<void> => {
      while (!over.signal.aborted) {
        const answer = await get(url, options);
        answers.set(answer, (answers.get(answer) ?? 0) + 1);
      }
    };
    const asking = [ask({}), ask({}), ask({ agent }), ask({ agent })];
    for (let n = 1; n <= 5; n++) {
      await put(authority.issue({ names }));
      await until(() => exchanges >= n);
    }
    over.abort();
    await Promise.all(asking);
    agent.destroy();
    expect([...answers.keys()]).toEqual(['200 hello']);
  });

  it('does not start with one that has expired, and says loudly when that happens later', async () => {
    const end = Date.now() + 86_400_000;
    await put(authority.issue({ names, toMs: -5_000 }));
    await expect(start()).rejects.toThrow(/tls\.crt has expired on 20.*: put a new one in its place/);
    await put(authority.issue({ names, fromMs: -9 * 86_400_000, toMs: 86_400_000 }));
    let now = Date.now();
    const { tls, log } = await start({ now: () => new Date(now) });
    expect(tls.status().problem).toMatch(/expires on .*: put a new one in its place before/);
    now = end + 60_000;
    while (!messages(log).some((text) => text.startsWith('tls: the certificate has expired'))) await sleep(20);
    expect(tls.status().problem).toMatch(/has expired on/);
    expect(messages(log).map((text) => text.split(':', 2).join(':'))).toEqual([
      'tls: the certificate expires soon',
      'tls: the certificate has expired, and whoever checks it does not connect',
    ]);
  });
});

describe('a listener that asks for client certificates', () => {
  const clients = createAuthority('clients');
  const certified = (toMs?: number) => clients.issue({ names: ['edge-1'], ...(toMs === undefined ? {} : { toMs }) });

  it('serves those who have one, and tells others why not', async () => {
    await put(authority.issue({ names }));
    const { url } = await start({ clientCa: clients.cert });
    const { cert, key } = certified();
    expect(await get(url, { cert, key })).toBe('200 hello');
    expect(await get(url)).toMatch(/^400 .*"client_certificate_needed"/);
    expect(await get(url, createAuthority('clients').issue({ names: ['edge-1'] }))).toMatch(
      /^400 .*"client_certificate_refused"/,
    );
    expect(await get(url, certified(-1_000))).toMatch(/^400 .*CERT_HAS_EXPIRED/);
    // Whoever probes a process has none, and learns nothing but that it is alive.
    expect(await get(`${url}/livez`)).toBe('200 alive');
    expect(await get(`${url}/livez/`)).toMatch(/^400 /);
  });

  it.each(['TLSv1.2', 'TLSv1.3'] as const)(
    'is not talked round by resuming a connection without one (%s)',
    async (version) => {
      await put(authority.issue({ names }));
      const { port } = await start({ clientCa: clients.cert });
      const options = { port, host: '127.0.0.1', ca: authority.cert, minVersion: version, maxVersion: version };
      const first = await ask({ ...options });
      expect(first.answer).toContain('client_certificate_needed');
      if (first.session === null) return;
      const second = await ask({ ...options, session: first.session });
      // Else this shows nothing.
      expect(second.reused).toBe(true);
      expect(second.answer).toContain('client_certificate_needed');
    },
  );

  it('serves nobody beyond the end of their certificate, and believes new authorities without a restart', async () => {
    await put(authority.issue({ names }));
    const { url } = await start({ clientCa: clients.cert });
    const others = createAuthority('others');
    const agent = new https.Agent({ keepAlive: true, maxSockets: 1, ca: authority.cert, ...certified(3_000) });
    expect(await get(url, { agent })).toBe('200 hello');
    await until(async () => /client_certificate_refused.*expired/.test(await get(url, { agent })));
    agent.destroy();

    const { cert, key } = others.issue({ names: ['edge-2'] });
    expect(await get(url, { cert, key })).toMatch(/^400 /);
    await writeFile(file('clients.crt'), `${clients.cert}${others.cert}`);
    await until(async () => (await get(url, { cert, key })) === '200 hello');
    await writeFile(file('clients.crt'), others.cert);
    await until(async () => (await get(url, certified())).startsWith('400 '));
  });
});

async function ask(options: ConnectionOptions) {
  let session: Buffer | null = null;
  let answer = '';
  const socket: TLSSocket = connect(options);
  socket.on('session', (given: Buffer) => (session = given));
  socket.on('data', (bytes: Buffer) => (answer += bytes.toString()));
  await once(socket, 'secureConnect');
  const reused = socket.isSessionReused();
  socket.write('GET / HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n');
  await once(socket, 'close');
  return { session: session as Buffer | null, answer, reused };
}
