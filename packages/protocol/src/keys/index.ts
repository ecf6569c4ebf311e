/**
 * Keys and tokens: what SDKs, edges and scripts present, and the access document that lets an edge recognise them.
 *
 * Text: `prefix _ id _ secret _ check`. The id (10 letters and digits) is no secret and names the key in lists and logs.
 * The secret is 256 random bits in base 62 (43 characters). The check is the first six letters and digits of the
 * base64url sha256 of everything before it: a mistyped or cut key is told from an unknown one without a look-up, and
 * scanners can find leaked ones. Only the sha256 of the whole text is ever stored.
 */
import type { Sha256 } from '../ruleset/entity.ts';

export { KEY_USAGE_LIMITS, KEY_USAGE_QUEUE, type KeyUsage, parseKeyUsage } from './usage.ts';

/** `server` reads one environment's rules, `client` gets one environment's evaluated answers, `relay` is an edge. */
export type KeyKind = 'server' | 'client' | 'relay';
/**
 * `token` speaks to the management API; `setup` completes a new installation or recovers it, once; `invitation` makes an
 * account, `reset` sets a password, each once.
 */
export type SecretKind = KeyKind | 'token' | 'setup' | 'invitation' | 'reset';

const PREFIXES: { readonly [kind in SecretKind]: string } = {
  server: 'fhs',
  client: 'fhc',
  relay: 'fhr',
  token: 'fht',
  setup: 'fhi',
  invitation: 'fhj',
  reset: 'fhp',
};
const KIND_OF = new Map<string, SecretKind>(
  (Object.keys(PREFIXES) as SecretKind[]).map((kind) => [PREFIXES[kind], kind]),
);
const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const SHAPE = /^(fh[a-z])_([0-9A-Za-z]{10})_([0-9A-Za-z]{43})_([0-9A-Za-z]{6})$/;

/** A key as the edge knows it: the JSON of an entity of kind `key`, whose key is the id. */
export interface AccessKey {
  readonly id: string;
  readonly kind: KeyKind;
  readonly sha256: string;
  /** Browser origins that may use it; absent: any. */
  readonly origins?: readonly string[];
  /** Seconds since 1970; absent: never. */
  readonly expiresAt?: number;
  /** A revoked key stays listed, so that every edge knows it is wrong rather than unknown. */
  readonly revoked?: boolean;
  /** Requests a second of each kind; absent: what the edge allows every key. */
  readonly rateLimit?: number;
}

/** The highest limit that a key may have of its own: beyond it a single edge has no more to give. */
export const MAX_RATE_LIMIT = 100_000;

export interface MintedSecret {
  readonly id: string;
  /** Shown once. */
  readonly text: string;
  readonly sha256: string;
}

/** Makes a secret out of 40 random bytes: 32 for the secret, 8 for the id. */
export function mintSecret(kind: SecretKind, random: Uint8Array, sha256: Sha256): MintedSecret {
  if (random.length !== 40) throw new RangeError('mintSecret needs 40 random bytes');
  const id = base62(random.subarray(32), 11).slice(-10);
  const body = `${PREFIXES[kind]}_${id}_${base62(random.subarray(0, 32), 43)}`;
  const text = `${body}_${check(body, sha256)}`;
  return { id, text, sha256: sha256(text) };
}

/** Null when the text cannot be a secret of ours: wrong shape, unknown prefix or a check that does not match. */
export function parseSecret(text: string, sha256: Sha256): { readonly kind: SecretKind; readonly id: string } | null {
  const match = SHAPE.exec(text);
  const kind = match ? KIND_OF.get(match[1] ?? '') : undefined;
  if (match === null || kind === undefined) return null;
  const body = text.slice(0, text.lastIndexOf('_'));
  return check(body, sha256) === match[4] ? { kind, id: match[2] ?? '' } : null;
}

function check(body: string, sha256: Sha256): string {
  return sha256(body).replaceAll(/[-_]/g, '').slice(0, 6);
}

function base62(bytes: Uint8Array, length: number): string {
  let number = 0n;
  for (const byte of bytes) number = (number << 8n) | BigInt(byte);
  let text = '';
  for (let i = 0; i < length; i++) {
    text = ALPHABET.charAt(Number(number % 62n)) + text;
    number /= 62n;
  }
  return text;
}
