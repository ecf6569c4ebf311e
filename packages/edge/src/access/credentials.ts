/** From the key a request presents to what it may do. Key texts go in and never come out. */
import type { IncomingMessage } from 'node:http';
import { type KeyKind, parseSecret } from '@flaghoist/protocol/keys';
import type { Sha256 } from '@flaghoist/protocol/ruleset';
import { equalsConstantTime } from '@flaghoist/runtime/crypto';
import type { AccessEntry, AccessIndex } from './access-index.ts';
import type { Confirmation } from './confirmation.ts';
import { denyExcess, type Excess } from './quotas.ts';

/** `detail` is for people and names no key. 503: nobody is wrong, ask again in a second. 429 comes with an excess. */
export type Credential =
  | { readonly ok: true; readonly entry: AccessEntry; readonly environment: string }
  | {
      readonly ok: false;
      readonly status: 400 | 401 | 403 | 429 | 503;
      readonly code: string;
      readonly detail: string;
      readonly excess?: Excess;
    };

type Denial = Extract<Credential, { ok: false }>;

type Examined = { readonly entry: AccessEntry } | { readonly denial: Denial } | { readonly unknown: string };

/** Instead of an environment: a relay key may go wherever it is listed, and any other where the request names. */
export interface Wherever {
  readonly named: string | null;
}

export interface CredentialsOptions {
  readonly index: AccessIndex;
  readonly confirmation: Confirmation;
  readonly sha256: Sha256;
  readonly now: () => number;
  readonly recognisedKeys: number;
  /** Whether any environment is loaded; before that no key is known to be wrong here. */
  readonly anyLoaded: () => boolean;
  readonly isLoaded: (environment: string) => boolean;
  /** Whether nobody is asked upstream about keys of this sender for now. */
  readonly ofUnknown: (request: IncomingMessage) => Excess | null;
  /** Told the id of every key that is admitted, for every request. */
  readonly onAdmitted: (id: string) => void;
}

export class Credentials {
  readonly #options: CredentialsOptions;
  /** Texts whose hash was found equal, with the entry it was equal to: only genuine keys get in here. */
  readonly #recognised = new Map<string, AccessEntry>();

  constructor(options: CredentialsOptions) {
    this.#options = options;
  }

  /**
   * Checks the request's key. `kinds`: those that this door serves. `environment`: the one that the request names, if
   * it does; a relay key must, unless it may go wherever it is listed: then that of what is admitted is empty. A promise
   * only for a well-formed key that is not known here.
   */
  check(
    request: IncomingMessage,
    kinds: ReadonlySet<KeyKind>,
    environment: string | Wherever | null,
  ): Credential | Promise<Credential> {
    const text = presentedKey(request);
    if (text === null) return this.#options.anyLoaded() ? MISSING : COLD;
    const examined = this.#recognise(text);
    if ('denial' in examined) return this.#options.anyLoaded() ? examined.denial : COLD;
    if ('entry' in examined) return this.#admit(examined.entry, request, kinds, environment);
    const excess = this.#options.ofUnknown(request);
    if (excess !== null) return denyExcess(excess);
    return this.#options.confirmation.ask(examined.unknown).then((confirmed) => {
      if (confirmed === 'unknown') return this.#options.anyLoaded() ? UNKNOWN_KEY : COLD;
      const arrived = this.#recognise(text);
      if ('denial' in arrived) return arrived.denial;
      return 'entry' in arrived ? this.#admit(arrived.entry, request, kinds, environment) : UNSURE;
    });
  }

  /** For whoever was admitted, and had to be waited for: why that is not so any more; null: it is. */
  recheck({ entry }: { readonly entry: AccessEntry }): Denial | null {
    const now = this.#options.index.find(entry.id);
    if (now === entry) return null;
    if (now === undefined) return UNKNOWN_KEY;
    return now.revoked ? REVOKED : null;
  }

  /** Whether a key that was admitted still is; streams ask this again and again. */
  inForce(id: string, environment: string): boolean {
    const entry = this.#options.index.find(id);
    if (entry === undefined || entry.revoked || !entry.environments.includes(environment)) return false;
    return this.#options.now() < entry.expiresAtMs;
  }

  /** As `#examine`, without hashing a text again that was found genuine before. */
  #recognise(text: string): Examined {
    const entry = this.#recognised.get(text);
    if (entry !== undefined && this.#options.index.find(entry.id) === entry) return { entry };
    this.#recognised.delete(text);
    const examined = this.#examine(text);
    if ('entry' in examined) this.#remember(text, examined.entry);
    return examined;
  }

  #examine(text: string): Examined {
    const { index, sha256 } = this.#options;
    const secret = parseSecret(text, sha256);
    if (secret === null || secret.kind === 'token' || secret.kind === 'setup') return { denial: MALFORMED };
    const entry = index.find(secret.id);
    if (entry === undefined) return { unknown: secret.id };
    const genuine = entry.kind === secret.kind && equalsConstantTime(sha256(text), entry.sha256);
    return genuine ? { entry } : { denial: WRONG };
  }

  #remember(text: string, entry: AccessEntry): void {
    const oldest = this.#recognised.keys().next();
    if (this.#recognised.size >= this.#options.recognisedKeys && oldest.done !== true)
      this.#recognised.delete(oldest.value);
    this.#recognised.set(text, entry);
  }

  #admit(
    entry: AccessEntry,
    request: IncomingMessage,
    kinds: ReadonlySet<KeyKind>,
    environment: string | Wherever | null,
  ): Credential {
    if (entry.revoked) return REVOKED;
    if (this.#options.now() >= entry.expiresAtMs) return EXPIRED;
    if (!kinds.has(entry.kind)) return wrongKind(entry.kind);
    const { origin } = request.headers;
    if (origin !== undefined) {
      if (entry.kind !== 'client') return IN_BROWSER;
      if (entry.origins !== null && !entry.origins.has(origin)) return FOREIGN_ORIGIN;
    }
    return this.#place(entry, environment);
  }

  #place(entry: AccessEntry, where: string | Wherever | null): Credential {
    const isWherever = typeof where === 'object' && where !== null;
    if (isWherever && entry.kind === 'relay') {
      this.#options.onAdmitted(entry.id);
      return { ok: true, entry, environment: '' };
    }
    const named = isWherever ? where.named : where;
    const only = entry.kind === 'relay' ? undefined : entry.environments[0];
    const environment = named ?? only;
    if (environment === undefined) return UNNAMED;
    const allowed = only === undefined ? entry.environments.includes(environment) : environment === only;
    if (allowed) {
      this.#options.onAdmitted(entry.id);
      return { ok: true, entry, environment };
    }
    return only !== undefined || this.#options.isLoaded(environment) ? OTHER_ENVIRONMENT : ELSEWHERE;
  }
}

/** `Authorization: Bearer KEY`, else `X-API-Key: KEY`. */
export function presentedKey({ headers }: IncomingMessage): string | null {
  const { authorization } = headers;
  if (authorization !== undefined && (authorization.startsWith('Bearer ') || /^bearer /i.test(authorization)))
    return authorization.slice(7).trim();
  const header = headers['x-api-key'];
  return typeof header === 'string' ? header.trim() : null;
}

function deny(status: Denial['status'], code: string, detail: string): Denial {
  return { ok: false, status, code, detail };
}

const COLD = deny(503, 'not_ready', 'This edge has not loaded any ruleset yet. Ask again in a second.');
const UNSURE = deny(503, 'key_unconfirmed', 'This key is not known here yet. Ask again in a second.');
const ELSEWHERE = deny(503, 'environment_not_loaded', 'That environment is not loaded here. Ask again in a second.');
const MISSING = deny(401, 'key_missing', 'Send a key as "Authorization: Bearer KEY" or as "X-API-Key: KEY".');
const MALFORMED = deny(401, 'key_malformed', 'This is not a server, client or relay key; it may be cut or mistyped.');
const UNKNOWN_KEY = deny(401, 'key_unknown', 'There is no such key.');
// A known id with a wrong secret answers the same: a forger does not learn which ids exist.
const WRONG = UNKNOWN_KEY;
const REVOKED = deny(401, 'key_revoked', 'This key was revoked. Use another one.');
const EXPIRED = deny(401, 'key_expired', 'This key has expired. Use another one.');
const IN_BROWSER = deny(
  403,
  'key_in_browser',
  'Server and relay keys do not belong into browsers: everybody could read them there. Revoke this key and use a client key.',
);
const FOREIGN_ORIGIN = deny(403, 'origin_not_allowed', 'This key may not be used from this origin.');
const UNNAMED = deny(400, 'environment_missing', 'A relay key needs the query parameter "environment".');
const OTHER_ENVIRONMENT = deny(403, 'environment_not_allowed', 'This key may not read that environment.');

function wrongKind(kind: KeyKind): Denial {
  return deny(403, 'key_kind', `A ${kind} key may not do this.`);
}
