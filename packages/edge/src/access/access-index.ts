/** The access document of every environment, put together: which keys there are and what each may do. */
import { type AccessKey, type KeyKind, MAX_RATE_LIMIT } from '@flaghoist/protocol/keys';
import type { EntityLine } from '@flaghoist/protocol/ruleset';
import type { Quota } from '@flaghoist/runtime/limits';

/** One key. A new object for every change, so that whoever checked one may remember that it did. */
export interface AccessEntry {
  readonly id: string;
  readonly kind: KeyKind;
  readonly sha256: string;
  /** Browser origins that may use it; null: any. */
  readonly origins: ReadonlySet<string> | null;
  /** Milliseconds since 1970; Infinity: never. */
  readonly expiresAtMs: number;
  readonly revoked: boolean;
  /** The key's own quota for each kind of request; null: the edge's. */
  readonly quota: Quota | null;
  /** Ids of the environments that list it, in order. Exactly one matters unless it is a relay key. */
  readonly environments: readonly string[];
}

const KINDS: ReadonlySet<string> = new Set<KeyKind>(['server', 'client', 'relay']);

export class AccessIndex {
  readonly #keys = new Map<string, Map<string, AccessKey>>();
  readonly #entries = new Map<string, AccessEntry>();
  readonly #awaited = new Map<string, { readonly arrived: Promise<void>; readonly tell: () => void }>();
  /** By environment: keys that are known to be revoked at a later revision than the one that is held. */
  readonly #foreseen = new Map<string, ReadonlySet<string>>();
  #clientOrigins: { readonly any: boolean; readonly named: ReadonlySet<string> } | null = null;

  find(id: string): AccessEntry | undefined {
    return this.#entries.get(id);
  }

  /** Resolves once this key is here. Only for keys that exist somewhere: what is waited for is remembered until then. */
  arrival(id: string): Promise<void> {
    if (this.#entries.has(id)) return Promise.resolve();
    const awaited = this.#awaited.get(id);
    if (awaited !== undefined) return awaited.arrived;
    let tell = (): void => {};
    const arrived = new Promise<void>((resolve) => {
      tell = resolve;
    });
    this.#awaited.set(id, { arrived, tell });
    return arrived;
  }

  /**
   * Takes over what changed in one environment and returns the ids of the keys that are not what they were. A key whose
   * JSON is not an access key is left out: it is then unknown here, which never makes an SDK give up.
   */
  apply(environment: string, changed: Iterable<EntityLine>): readonly string[] {
    const ids: string[] = [];
    for (const line of changed) {
      if (line.kind !== 'key') continue;
      ids.push(line.key);
      const key = line.json === null ? null : parseAccessKey(line.key, line.json);
      const places = this.#keys.get(line.key) ?? new Map<string, AccessKey>();
      if (key === null) places.delete(environment);
      else places.set(environment, key);
      this.#set(line.key, places);
    }
    if (ids.length > 0) this.#clientOrigins = null;
    return ids;
  }

  /** An environment is not followed any more. Returns the ids of the keys that are not what they were. */
  forget(environment: string): readonly string[] {
    const ids = [...this.#keys].filter(([, places]) => places.has(environment)).map(([id]) => id);
    const gone = ids.map((key): EntityLine => ({ kind: 'key', key, sha256: null, json: null }));
    return this.apply(environment, gone);
  }

  /** Ids of the keys that the environment's own document calls revoked. */
  revokedIn(environment: string): readonly string[] {
    const ids: string[] = [];
    for (const [id, places] of this.#keys) if (places.get(environment)?.revoked === true) ids.push(id);
    return ids;
  }

  /**
   * These keys are refused, whatever the environment's document says that is held: it is older than their revocation. An
   * empty list ends that. Returns the ids of the keys that are not what they were.
   */
  foresee(environment: string, revoked: readonly string[]): readonly string[] {
    const ids = new Set([...(this.#foreseen.get(environment) ?? []), ...revoked]);
    if (revoked.length === 0) this.#foreseen.delete(environment);
    else this.#foreseen.set(environment, new Set(revoked));
    const known = [...ids].filter((id) => this.#keys.has(id));
    for (const id of known) this.#set(id, this.#keys.get(id) ?? new Map<string, AccessKey>());
    if (known.length > 0) this.#clientOrigins = null;
    return known;
  }

  /** Whether any client key in force can be used from this origin: all that a preflight, which has no key, can ask. */
  allowsOrigin(origin: string): boolean {
    this.#clientOrigins ??= collectOrigins(this.#entries.values());
    return this.#clientOrigins.any || this.#clientOrigins.named.has(origin);
  }

  #set(id: string, places: Map<string, AccessKey>): void {
    const entry = merge(id, places, (environment) => this.#foreseen.get(environment)?.has(id) === true);
    if (entry === null) {
      this.#keys.delete(id);
      this.#entries.delete(id);
    } else {
      this.#keys.set(id, places);
      this.#entries.set(id, entry);
      this.#awaited.get(id)?.tell();
      this.#awaited.delete(id);
    }
  }
}

/** Environments arrive one after the other, so they may differ for a moment: the stricter saying holds. */
function merge(
  id: string,
  places: ReadonlyMap<string, AccessKey>,
  isForeseen: (environment: string) => boolean,
): AccessEntry | null {
  const sorted = [...places].sort(([a], [b]) => (a < b ? -1 : 1));
  const first = sorted[0]?.[1];
  if (first === undefined) return null;
  const expiries = sorted.map(([, key]) => (key.expiresAt ?? Number.POSITIVE_INFINITY) * 1000);
  return {
    id,
    kind: first.kind,
    sha256: first.sha256,
    origins: first.origins === undefined ? null : new Set(first.origins),
    expiresAtMs: Math.min(...expiries),
    revoked: sorted.some(([environment, key]) => key.revoked === true || isForeseen(environment)),
    quota: quotaOf(sorted.map(([, key]) => key.rateLimit ?? Number.POSITIVE_INFINITY)),
    environments: sorted.map(([environment]) => environment),
  };
}

function quotaOf(limits: readonly number[]): Quota | null {
  const requests = Math.min(...limits);
  return requests === Number.POSITIVE_INFINITY ? null : { requests, windowMs: 1_000 };
}

function collectOrigins(entries: Iterable<AccessEntry>): { any: boolean; named: Set<string> } {
  const named = new Set<string>();
  let any = false;
  for (const { kind, revoked, origins } of entries) {
    if (kind !== 'client' || revoked) continue;
    if (origins === null) any = true;
    else for (const origin of origins) named.add(origin);
  }
  return { any, named };
}

function parseAccessKey(id: string, json: string): AccessKey | null {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    return null;
  }
  if (typeof value !== 'object' || value === null) return null;
  const key = value as { [member in keyof AccessKey]?: unknown };
  const origins = key.origins === undefined || (Array.isArray(key.origins) && key.origins.every(isText));
  const expires = key.expiresAt === undefined || (typeof key.expiresAt === 'number' && Number.isFinite(key.expiresAt));
  const revoked = key.revoked === undefined || typeof key.revoked === 'boolean';
  const limited = key.rateLimit === undefined || isRateLimit(key.rateLimit);
  const named = key.id === id && isText(key.kind) && KINDS.has(key.kind) && isText(key.sha256);
  return named && origins && expires && revoked && limited ? (value as AccessKey) : null;
}

function isRateLimit(value: unknown): boolean {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 1 && value <= MAX_RATE_LIMIT;
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}
