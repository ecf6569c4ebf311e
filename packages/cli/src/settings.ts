import {
  defineSettings,
  type LoadResult,
  loadSettings,
  type SettingProblem,
  type SettingValues,
} from '@flaghoist/runtime/config';
import type { LogLevel } from '@flaghoist/runtime/telemetry';
import { MAX_RATE_LIMIT } from '@flaghoist/protocol/keys';
import { CommandFailure } from './command-failure.ts';
import { EXIT } from './exit-codes.ts';
import type { Host } from './host.ts';

export const ROLES = ['control', 'publisher', 'worker', 'edge'] as const;
const LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const satisfies readonly LogLevel[];

/** Where `start` listens when nothing is said. */
export const DEFAULT_URL = 'http://127.0.0.1:4242';
export const PREFIX = 'FLAGHOIST_';
/** Applications keep their SDK keys in these; they are no settings of the command. */
const FOREIGN_ENV = ['FLAGHOIST_KEY', 'FLAGHOIST_SERVER_KEY', 'FLAGHOIST_CLIENT_KEY'];

export const SETTINGS = defineSettings({
  data: {
    kind: 'string',
    default: './flaghoist-data',
    description: 'Folder of the embedded database, the last good copies and the spool.',
  },
  port: { kind: 'integer', default: 4242, min: 0, max: 65_535, description: 'Port to listen on; 0 takes a free one.' },
  host: { kind: 'string', default: '127.0.0.1', description: 'Address to listen on; 0.0.0.0 is every IPv4 address.' },
  tlsCert: {
    kind: 'string',
    description:
      'File with the certificate to listen with, and those between it and its authority, PEM; without it plain HTTP.',
  },
  tlsKey: { kind: 'string', description: 'File with the private key of that certificate, PEM.' },
  tlsClientCa: {
    kind: 'string',
    description: 'File with authorities, PEM: whoever connects has to show a certificate of one of them.',
  },
  metricsPort: {
    kind: 'integer',
    min: 0,
    max: 65_535,
    description:
      'Port of its own for GET /metrics, for Prometheus; 0 takes a free one. Without it there are no metrics.',
  },
  metricsHost: {
    kind: 'string',
    default: '127.0.0.1',
    description: 'Address for that port. Whoever reaches it can read the metrics: no key is asked for.',
  },
  workers: {
    kind: 'integer',
    default: 1,
    min: 1,
    max: 64,
    description: 'Processes of this kind behind the one port, for the role edge alone.',
  },
  roles: { kind: 'list', choices: ROLES, default: ROLES, min: 1, description: 'What this process does.' },
  databaseUrl: {
    kind: 'string',
    secret: true,
    aliases: ['DATABASE_URL'],
    description:
      'postgres:// address, of one host or of several with commas between; without it the embedded database in the data folder is used.',
  },
  allowUnsafeDatabase: {
    kind: 'boolean',
    default: false,
    description: 'Start on a PostgreSQL that loses acknowledged changes at a power cut (fsync=off).',
  },
  natsUrl: {
    kind: 'string',
    secret: true,
    aliases: ['NATS_URL'],
    description: 'nats:// or tls:// address of NATS servers that carry the bus; without it the database does.',
  },
  natsCa: { kind: 'string', description: 'File with who signs the certificates of the NATS servers, PEM.' },
  natsCert: { kind: 'string', description: 'File with the certificate that this process shows to NATS, PEM.' },
  natsKey: { kind: 'string', description: 'File with the private key of that certificate, PEM.' },
  natsCreds: {
    kind: 'string',
    description: 'File with the credentials of this process for NATS: .creds, or the seed of an nkey.',
  },
  upstream: {
    kind: 'string',
    description: 'Address of the edge or server that an edge of its own follows, with a relay key and no database.',
  },
  relayKey: {
    kind: 'string',
    secret: true,
    description: 'Relay key for the upstream. Never an option: other users could see it.',
  },
  relayKeyFile: { kind: 'string', description: 'File that holds the relay key, and nothing else.' },
  upstreamCa: { kind: 'string', description: 'File with who signs the certificate of the upstream, PEM.' },
  upstreamCert: { kind: 'string', description: 'File with the certificate that this edge shows to the upstream, PEM.' },
  upstreamKey: { kind: 'string', description: 'File with the private key of that certificate, PEM.' },
  publicUrl: {
    kind: 'string',
    description:
      'https:// address at which people reach the server, through a proxy or not; without it they sign in at the names of its certificate, or on its own machine only.',
  },
  trustedProxies: {
    kind: 'list',
    description:
      'Addresses and networks (10.0.0.0/8) of the proxies whose X-Forwarded-For is believed. Without it: with a public URL and no certificate the last entry, else none.',
  },
  keyRateLimit: {
    kind: 'integer',
    min: 1,
    max: MAX_RATE_LIMIT,
    description:
      'Evaluations, and as many exposure batches, a second with a key that has no limit of its own; otherwise 5000.',
  },
  addressRateLimit: {
    kind: 'integer',
    min: 1,
    max: MAX_RATE_LIMIT,
    description: 'Requests a second with client keys from one address; otherwise 1000.',
  },
  apiRateLimit: {
    kind: 'integer',
    min: 1,
    max: MAX_RATE_LIMIT,
    description:
      'Management requests a second of one token or person, counted over 10 s; an address may send twice as many. Otherwise 600.',
  },
  secret: {
    kind: 'string',
    secret: true,
    description:
      'Signs sessions, 32 characters at least; the same for all processes over one database. Without it the file secret in the data folder.',
  },
  writeDeadline: {
    kind: 'duration',
    default: '5s',
    min: 100,
    max: 60_000,
    description: 'How long a change waits for the database before it is answered 503 outcome_unknown.',
  },
  signingKey: {
    kind: 'string',
    description:
      'File with the private key (Ed25519, PEM) that the publisher signs every ruleset with; without it none is signed.',
  },
  trustedKeys: {
    kind: 'list',
    min: 1,
    description:
      'Public keys, or files with one a line: the edge takes only rulesets that one of them has signed. Without it any.',
  },
  canary: {
    kind: 'boolean',
    default: false,
    description: 'Whether the edge tries changes of environments that publish in stages, before they are published.',
  },
  backupEvery: {
    kind: 'duration',
    default: '1d',
    max: 30 * 86_400_000,
    description: 'How often the embedded database is copied to the folder backups; 0s: never.',
  },
  backupsKept: {
    kind: 'integer',
    default: 7,
    min: 1,
    max: 10_000,
    description: 'How many of the newest backups are kept.',
  },
  countsKept: {
    kind: 'duration',
    default: '90d',
    min: 2 * 86_400_000,
    max: 3_650 * 86_400_000,
    description: 'How long evaluation counts by minute are kept.',
  },
  sumsKept: {
    kind: 'duration',
    default: '800d',
    min: 32 * 86_400_000,
    max: 36_500 * 86_400_000,
    description: 'How long their sums by hour and day are kept.',
  },
  demo: { kind: 'boolean', default: false, description: 'Make a demo project with flags and keys.' },
  output: { kind: 'choice', choices: ['human', 'json'], default: 'human', description: 'How to print.' },
  logLevel: { kind: 'choice', choices: LEVELS, default: 'info', description: 'The least that is logged.' },
  config: { kind: 'string', description: 'File with settings, YAML or JSON.' },
  url: { kind: 'string', description: 'Address of the server that the commands talk to.' },
  token: { kind: 'string', secret: true, description: 'Management token of the commands that talk to a server.' },
  ca: { kind: 'string', description: 'File with who signs the certificate of that server, PEM.' },
  cert: { kind: 'string', description: 'File with the certificate that the commands show to that server, PEM.' },
  certKey: { kind: 'string', description: 'File with the private key of that certificate, PEM.' },
});

export type Settings = SettingValues<typeof SETTINGS>;
export type LoadedSettings = Extract<LoadResult<typeof SETTINGS>, { readonly ok: true }>;

type ClientSetting = 'url' | 'token' | 'output' | 'ca' | 'cert' | 'certKey';

/** Settings that a command which talks to a server reads. */
const CLIENT_VARIABLES: ReadonlySet<string> = new Set([
  'FLAGHOIST_URL',
  'FLAGHOIST_TOKEN',
  'FLAGHOIST_OUTPUT',
  'FLAGHOIST_CA',
  'FLAGHOIST_CERT',
  'FLAGHOIST_CERT_KEY',
]);

/** Every setting. Throws a `CommandFailure` that lists each wrong one. `options` holds settings only. */
export function loadAllSettings(host: Host, options: { readonly [name: string]: unknown }): LoadedSettings {
  return load(host, host.env, options);
}

/** What a client command needs. A server's variables do not stand in its way; a settings file is checked as a whole. */
export function loadClientSettings(
  host: Host,
  options: { readonly [name in ClientSetting | 'config']?: string | undefined },
): Pick<Settings, ClientSetting> {
  const env = Object.fromEntries(Object.entries(host.env).filter(([name]) => CLIENT_VARIABLES.has(name)));
  const { url, token, output, config, ca, cert, certKey } = options;
  return load(host, env, { url, token, output, config, ca, cert, certKey }).values;
}

function load(host: Host, env: Host['env'], options: { readonly [name: string]: unknown }): LoadedSettings {
  const { config } = options;
  const named = typeof config === 'string' ? config : host.env['FLAGHOIST_CONFIG'];
  const file = named === '' ? undefined : named;
  const result = loadSettings(SETTINGS, {
    env,
    options,
    prefix: PREFIX,
    foreignEnv: FOREIGN_ENV,
    ...(file === undefined ? {} : { file }),
  });
  if (result.ok) return result;
  throw new CommandFailure(EXIT.wrongUse, 'wrong_settings', describeProblems(result.problems));
}

function describeProblems(problems: readonly SettingProblem[]): string {
  const count = problems.length === 1 ? 'a setting is' : `${problems.length} settings are`;
  return [`${count} wrong:`, ...problems.map(({ source, message }) => `  ${source}: ${message}`)].join('\n');
}
