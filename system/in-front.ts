/**
 * nginx, HAProxy and Varnish with the configurations that are shipped in deploy/, in which ports alone are exchanged, and for
 * TLS what they say themselves.
 */
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { childrenOf, freePort } from '@flaghoist/testkit';
import { type ChildProgram, type ProgramOptions, runProgram, startProgram } from './child-program.ts';
import type { Scene } from './scene.ts';
import { openSecureClient } from './secure-client.ts';
import { until, within } from './until.ts';

export interface Proxy {
  readonly url: string;
  readonly program: ChildProgram;
}

/** Ports on this machine. */
export interface Behind {
  readonly edges: readonly [number, number];
  readonly control: number;
}

/** More of both than the shipped configuration names. */
export interface BehindNginx extends Behind {
  readonly moreEdges?: readonly number[];
  readonly secondControl?: number;
}

/** On Linux it can be harmed: it is several processes, all of which are meant. */
export interface Nginx {
  readonly url: string;
  readonly port: number;
  /** Of its main process. */
  readonly pid: number;
  pause(): Promise<void>;
  resume(): void;
  /** `kill -9`. */
  kill(): Promise<void>;
  /** After `kill`, at the same address. */
  restart(): Promise<void>;
}

/** PEM. */
export interface ProxyTls {
  /** What is shown, for localhost. */
  readonly cert: string;
  readonly key: string;
  /** Whose certificates are believed, in front and behind. */
  readonly ca: string;
}

export interface Varnish extends Proxy {
  /** Where it takes what is to be purged. */
  readonly purgeUrl: string;
}

const UP_WITHIN_MS = 60_000;
const ENDED_WITHIN_MS = 10_000;

export async function startNginx(
  scene: Scene,
  { edges, control, ...more }: BehindNginx,
  tls?: ProxyTls,
): Promise<Nginx> {
  const folder = await scene.folder();
  const port = await freePort();
  const secure = [
    ['  listen 8080;\n', ''],
    ['#tls ', ''],
    ['listen 443 ssl;', `listen 127.0.0.1:${port} ssl;`],
    ['/etc/nginx/', `${folder}/`],
    ['proxy_pass http://', 'proxy_pass https://'],
  ] as const;
  if (tls !== undefined) await writeTls(folder, tls);
  await ship(folder, 'nginx/flaghoist.conf', [
    ...namedToo(more),
    ['127.0.0.1:4243', `127.0.0.1:${edges[0]}`],
    ['127.0.0.1:4244', `127.0.0.1:${edges[1]}`],
    ['127.0.0.1:4242', `127.0.0.1:${control}`],
    ...(tls === undefined ? [['listen 8080;', `listen 127.0.0.1:${port};`] as const] : secure),
  ]);
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (of) => `${of}_temp_path ${folder}/${of};`,
  );
  // As a package's nginx.conf has it around conf.d.
  const main = `daemon off; pid ${folder}/pid; error_log stderr warn; worker_processes 2; ${user('user root;')}
    events {} http { access_log off; ${temporary.join(' ')} include ${folder}/flaghoist.conf; }`;
  await writeFile(join(folder, 'nginx.conf'), main);
  const command = find('NGINX', 'nginx');
  const args = ['-p', folder, '-e', 'stderr', '-c', join(folder, 'nginx.conf')];
  await expectValid(scene, command, [...args, '-t']);
  const url = urlOf(port, tls);
  let still: readonly number[] = [];
  const resume = (): void => {
    signalAll(still, 'SIGCONT');
    still = [];
  };
  const start = () => up(scene, url, { command, args }, tls, resume);
  let { program } = await start();
  return {
    url,
    port,
    get pid() {
      return program.pid;
    },
    async pause() {
      still = [program.pid, ...(await childrenOf(program.pid))];
      signalAll(still, 'SIGSTOP');
    },
    resume,
    async kill() {
      // Its workers would go on without it, at its port.
      signalAll([program.pid, ...(await childrenOf(program.pid))], 'SIGKILL');
      await within('the death of nginx', ENDED_WITHIN_MS, program.ended);
      still = [];
    },
    async restart() {
      ({ program } = await start());
    },
  };
}

/** As the comments in the file tell an operator to add them. */
function namedToo({ moreEdges = [], secondControl }: Omit<BehindNginx, keyof Behind>) {
  const also = (from: string, line: (port: number) => string, ports: readonly number[]): readonly [string, string] => [
    from,
    [from, ...ports.map((port) => line(port))].join('\n  '),
  ];
  const [counted, backup] = ['max_fails=3 fail_timeout=5s;', 'backup max_fails=0;'];
  const server = (what: string) => (port: number) => `server 127.0.0.1:${port} ${what}`;
  return [
    also(`server 127.0.0.1:4244 ${counted}`, server(counted), moreEdges),
    also(`server 127.0.0.1:4244 ${backup}`, server(backup), moreEdges),
    ...(secondControl === undefined
      ? []
      : [
          [
            'server 127.0.0.1:4242 max_fails=0;',
            [4242, secondControl].flatMap((port) => [counted, backup].map((what) => server(what)(port))).join('\n  '),
          ] as const,
        ]),
  ];
}

/** Those that have ended meanwhile need no signal. */
function signalAll(pids: readonly number[], signal: NodeJS.Signals): void {
  for (const pid of pids) {
    try {
      process.kill(pid, signal);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
  }
}

export async function startHaproxy(scene: Scene, { edges, control }: Behind, tls?: ProxyTls): Promise<Proxy> {
  const folder = await scene.folder();
  const port = await freePort();
  const secure = [
    ['  bind :8080\n', ''],
    ['#tls ', ''],
    ['bind :443 ssl', `bind 127.0.0.1:${port} ssl`],
    ['/etc/haproxy/', `${folder}/`],
  ] as const;
  if (tls !== undefined) await writeTls(folder, tls);
  const file = await ship(folder, 'haproxy/haproxy.cfg', [
    ['127.0.0.1:4243', `127.0.0.1:${edges[0]}`],
    ['127.0.0.1:4244', `127.0.0.1:${edges[1]}`],
    ['127.0.0.1:4242', `127.0.0.1:${control}`],
    ...(tls === undefined ? [['bind :8080', `bind 127.0.0.1:${port}`] as const] : secure),
  ]);
  const command = find('HAPROXY', 'haproxy');
  await expectValid(scene, command, ['-c', '-f', file]);
  return up(scene, urlOf(port, tls), { command, args: ['-db', '-f', file] }, tls);
}

export async function startVarnish(scene: Scene, behind: number): Promise<Varnish> {
  const folder = await scene.folder();
  const [port, purge] = [await freePort(), await freePort()];
  const file = await ship(folder, 'varnish/flaghoist.vcl', [['.port = "8080"', `.port = "${behind}"`]]);
  const addresses = ['-a', `http=127.0.0.1:${port}`, '-a', `purge=127.0.0.1:${purge}`];
  const stores = ['-s', 'malloc,64m', '-s', 'Transient=malloc,64m'];
  // Its process of no rights could not read the folder of a test that runs as root.
  const args = ['-j', 'none', '-F', '-n', join(folder, 'varnish'), '-f', file, ...addresses, ...stores];
  const varnish = await up(scene, `http://127.0.0.1:${port}`, { command: find('VARNISHD', 'varnishd'), args });
  return { ...varnish, purgeUrl: `http://127.0.0.1:${purge}` };
}

function urlOf(port: number, tls: ProxyTls | undefined): string {
  return tls === undefined ? `http://127.0.0.1:${port}` : `https://localhost:${port}`;
}

/** As the configurations name them. */
async function writeTls(folder: string, { cert, key, ca }: ProxyTls): Promise<void> {
  const files = {
    'flaghoist.crt': cert,
    'flaghoist.key': key,
    'flaghoist.pem': `${cert}${key}`,
    'flaghoist-ca.crt': ca,
  };
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
}

/** Each text has to be there, so that no test runs against other ports than it believes. */
async function ship(folder: string, name: string, exchanged: readonly (readonly [string, string])[]): Promise<string> {
  let text = await readFile(fileURLToPath(new URL(`../deploy/${name}`, import.meta.url)), 'utf8');
  for (const [from, to] of exchanged) {
    if (!text.includes(from)) throw new Error(`deploy/${name} has no ${from}`);
    text = text.replaceAll(from, to);
  }
  const file = join(folder, name.split('/').at(-1) ?? name);
  await writeFile(file, text);
  return file;
}

async function expectValid(scene: Scene, command: string, args: readonly string[]): Promise<void> {
  const { code, stdout, stderr } = await runProgram(scene, { command, args });
  if (code !== 0) throw new Error(`${command} does not take its configuration:\n${stdout}${stderr}`);
}

/** `wake`: called before it is ended, which those that stand still do not hear of. */
async function up(
  scene: Scene,
  url: string,
  options: ProgramOptions,
  tls?: ProxyTls,
  wake = (): void => undefined,
): Promise<Proxy> {
  const client = await openSecureClient(scene, tls === undefined ? {} : { ca: tls.ca });
  const program = startProgram(scene, options);
  // Killed outright it would leave its workers behind.
  scene.atEnd(async () => {
    wake();
    program.signal('SIGTERM');
    await within(`the end of ${options.command}`, ENDED_WITHIN_MS, program.ended);
  });
  await until(`an answer of ${url}`, UP_WITHIN_MS, async () => {
    if (!program.running) throw new Error(`the proxy ended:\n${program.stdout}${program.stderr}`);
    const answer = await client.send('GET', `${url}/readyz`).catch(() => null);
    return answer?.status === 200 ? true : undefined;
  });
  return { url, program };
}

/** `npm test` has seen to it that there is one. */
function find(told: string, program: string): string {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin'];
  const paths = [process.env[told] ?? '', ...folders.map((folder) => join(folder, program))];
  const found = paths.find((path) => path !== '' && existsSync(path));
  if (found === undefined) throw new Error(`${program} is not on this machine: npm test says how to install it.`);
  return found;
}

/** Its processes would otherwise become somebody who may not write into the folder of the test. */
function user(line: string): string {
  return process.getuid?.() === 0 ? line : '';
}
