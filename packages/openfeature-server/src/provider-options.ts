/** What a provider is told, checked once, so that nothing wrong surfaces later. */
import { type CheckSignature, createMoments } from '@flaghoist/client';
import type { Moment } from '@flaghoist/evaluator';
import { parseSecret } from '@flaghoist/protocol/keys';
import { createSignatureCheck, publicKeyId, sha256 } from '@flaghoist/runtime/crypto';
import type { OutgoingTlsSources } from '@flaghoist/runtime/tls';
import { DefaultLogger, type Logger, SafeLogger } from '@openfeature/server-sdk';

export interface FlaghoistProviderOptions {
  /** Of a Flaghoist server or edge, e.g. `https://flags.example.com`; may have a path prefix. */
  readonly url: string;
  /** A `server` key of the environment (`fhs_...`). */
  readonly key: string;
  /**
   * Folder for the last good ruleset, which answers after a restart while no server can be reached. Absent: a folder of
   * the user's in the system's temporary folder. `false`: nothing is kept.
   */
  readonly dataDir?: string | false;
  /** A ruleset to begin with when `dataDir` has none: a copy of its file, or a saved answer of `GET /native/v1/ruleset`. */
  readonly bootstrapFile?: string;
  /**
   * Public keys (`flaghoist signing-key show`): only rulesets that one of them has signed are used, from the server and
   * from files alike. Name the old and the new one while keys are exchanged. Absent: rulesets need no signature.
   */
  readonly trustedKeys?: readonly string[];
  /** Id of the environment: no ruleset of another one is used, whoever has signed it. Absent: that of the first one. */
  readonly environment?: string;
  /**
   * For a server with a certificate of an authority of your own, and one that asks for certificates. Each is text in PEM, or
   * the path of a file with it, which is read again when it changes. Absent: the authorities that Node knows.
   */
  readonly tls?: { readonly ca?: string; readonly cert?: string; readonly key?: string };
  /** How long initialization waits for the first ruleset when no file holds one. Default: 5000. */
  readonly initTimeoutMs?: number;
  /** How long initialization waits for the server to confirm a ruleset from a file. Default: 100. */
  readonly freshWaitMs?: number;
  /** How long a broken stream may stay broken before the provider is stale. Default: 2000. */
  readonly staleAfterMs?: number;
  /** How often exposures are sent. Default: 1000. */
  readonly flushIntervalMs?: number;
  /** Default: warnings and errors go to the console. */
  readonly logger?: Logger;
  /** What rules about time and chance read, for each evaluation; for tests. Default: the system's clock, random numbers. */
  readonly moment?: () => Moment;
}

export interface Settings {
  /** Without a slash at its end. */
  readonly url: string;
  readonly key: string;
  /** Tells this url and key from others; no secret. */
  readonly fingerprint: string;
  /** Null: the folder of the user's in the temporary folder. */
  readonly dataDir: string | false | null;
  readonly bootstrapFile: string | null;
  /** Null: rulesets need no signature. */
  readonly signatures: CheckSignature | null;
  /** Null: that of the first ruleset. */
  readonly environment: string | null;
  /** Null: what Node believes. */
  readonly tls: OutgoingTlsSources | null;
  readonly initTimeoutMs: number;
  readonly freshWaitMs: number;
  readonly staleAfterMs: number;
  readonly flushIntervalMs: number;
  readonly logger: Logger;
  readonly moment: () => Moment;
}

const KNOWN: ReadonlySet<string> = new Set([
  'url',
  'key',
  'dataDir',
  'bootstrapFile',
  'trustedKeys',
  'environment',
  'tls',
  'initTimeoutMs',
  'freshWaitMs',
  'staleAfterMs',
  'flushIntervalMs',
  'logger',
  'moment',
] satisfies (keyof FlaghoistProviderOptions)[]);

const MINUTES = 60_000;

/** Throws TypeError, naming the option, when one is missing, unknown or cannot work. Never repeats the key. */
export function checkOptions(options: FlaghoistProviderOptions): Settings {
  if (typeof options !== 'object' || options === null) wrong('options', 'an object with at least `url` and `key`');
  const unknown = Object.keys(options).find((name) => !KNOWN.has(name));
  if (unknown !== undefined) wrong(unknown, `one of ${[...KNOWN].join(', ')}`);
  const url = checkUrl(options.url);
  const keyId = checkKey(options.key);
  return {
    url,
    key: options.key,
    fingerprint: sha256(`${url}\n${keyId}`),
    dataDir: options.dataDir === undefined ? null : checkDataDir(options.dataDir),
    bootstrapFile: checkBootstrapFile(options.bootstrapFile),
    signatures: checkTrustedKeys(options.trustedKeys),
    environment: checkEnvironment(options.environment),
    tls: checkTls(options.tls, url),
    initTimeoutMs: milliseconds('initTimeoutMs', options.initTimeoutMs, 5_000, 0),
    freshWaitMs: milliseconds('freshWaitMs', options.freshWaitMs, 100, 0),
    staleAfterMs: milliseconds('staleAfterMs', options.staleAfterMs, 2_000, 0),
    flushIntervalMs: milliseconds('flushIntervalMs', options.flushIntervalMs, 1_000, 50),
    logger: checkLogger(options.logger),
    moment: checkMoment(options.moment),
  };
}

function checkUrl(text: unknown): string {
  const url = typeof text === 'string' && URL.canParse(text) ? new URL(text) : null;
  if (url === null || !/^https?:$/.test(url.protocol))
    wrong('url', 'an http or https address, e.g. https://flags.example.com');
  if (url.search !== '' || url.hash !== '') wrong('url', 'an address without `?` and `#`; a path prefix is fine');
  if (url.username !== '' || url.password !== '')
    wrong('url', 'an address without a user name; the option `key` is what authorizes');
  return `${url.origin}${url.pathname}`.replace(/\/+$/, '');
}

/** The id of the key. */
function checkKey(key: unknown): string {
  const secret = typeof key === 'string' ? parseSecret(key, sha256) : null;
  if (secret === null) wrong('key', 'a server key (fhs_...), copied whole');
  if (secret.kind !== 'server') wrong('key', `a server key (fhs_...); this is a ${secret.kind} one`);
  return secret.id;
}

function checkDataDir(dataDir: unknown): string | false {
  if (dataDir === false || (typeof dataDir === 'string' && dataDir !== '')) return dataDir;
  return wrong('dataDir', 'the path of a folder, or false to keep nothing');
}

function checkBootstrapFile(path: unknown): string | null {
  if (path === undefined) return null;
  return typeof path === 'string' && path !== '' ? path : wrong('bootstrapFile', 'the path of a file');
}

function checkTrustedKeys(keys: unknown): CheckSignature | null {
  if (keys === undefined) return null;
  const texts = Array.isArray(keys) ? keys.map(String) : [];
  if (texts.length === 0 || texts.some((text) => publicKeyId(text) === null))
    wrong(
      'trustedKeys',
      'a list of one or more public keys of 43 characters, as `flaghoist signing-key show` prints them',
    );
  return createSignatureCheck(texts);
}

function checkEnvironment(id: unknown): string | null {
  if (id === undefined) return null;
  return typeof id === 'string' && id !== '' ? id : wrong('environment', 'the id of an environment');
}

function checkTls(tls: unknown, url: string): OutgoingTlsSources | null {
  if (tls === undefined) return null;
  const parts: readonly (readonly [string, unknown])[] =
    typeof tls === 'object' && tls !== null ? Object.entries(tls).filter(([, part]) => part !== undefined) : [];
  const isKnown = parts.every(
    ([name, part]) => /^(?:ca|cert|key)$/.test(name) && typeof part === 'string' && part !== '',
  );
  const { cert, key } = (tls ?? {}) as OutgoingTlsSources;
  if (parts.length === 0 || !isKnown || (cert === undefined) !== (key === undefined))
    wrong('tls', 'an object with `ca`, or `cert` and `key`, or all three: texts in PEM or paths of files');
  if (!url.startsWith('https:')) wrong('url', 'an https address when there is the option `tls`');
  return tls;
}

function milliseconds(name: string, value: unknown, byDefault: number, least: number): number {
  if (value === undefined) return byDefault;
  const most = 10 * MINUTES;
  if (typeof value === 'number' && Number.isFinite(value) && value >= least && value <= most) return value;
  return wrong(name, `a number of milliseconds from ${least} to ${most}`);
}

function checkLogger(logger: unknown): Logger {
  if (logger === undefined) return new DefaultLogger();
  const methods: unknown[] =
    typeof logger === 'object' && logger !== null
      ? (['error', 'warn', 'info', 'debug'] as const).map((level) => (logger as Partial<Logger>)[level])
      : [];
  if (methods.length === 0 || methods.some((method) => typeof method !== 'function'))
    wrong('logger', 'an object with the functions error, warn, info and debug');
  // What an application's logger throws must not stop the follower.
  return new SafeLogger(logger as Logger);
}

function checkMoment(moment: unknown): () => Moment {
  if (moment === undefined) return createMoments({ now: Date.now, random: Math.random });
  return typeof moment === 'function' ? (moment as () => Moment) : wrong('moment', 'a function that answers a moment');
}

function wrong(option: string, needed: string): never {
  throw new TypeError(`FlaghoistProvider: the option \`${option}\` must be ${needed}.`);
}
