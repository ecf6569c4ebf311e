/** Every request to a door passes here: its key is checked, and it is counted against what its sender may ask for. */
import type { IncomingMessage } from 'node:http';
import type { KeyKind } from '@flaghoist/protocol/keys';
import type { RequestKind } from '../limits.ts';
import type { Credential, Credentials, Wherever } from './credentials.ts';
import { denyExcess, type Excess, type Quotas } from './quotas.ts';

export interface GateOptions {
  readonly credentials: Credentials;
  readonly quotas: Quotas;
}

export type Admitted = Extract<Credential, { readonly ok: true }>;
export type Denial = Extract<Credential, { readonly ok: false }>;

export class Gate {
  readonly #options: GateOptions;
  readonly #failures = new Map<string, number>();

  constructor(options: GateOptions) {
    this.#options = options;
  }

  /** Since the start, by code: requests that were refused for their key. */
  get failures(): ReadonlyMap<string, number> {
    return this.#failures;
  }

  /** As `Credentials.check`; what is admitted is counted for its key, what is refused for its address. */
  check(
    request: IncomingMessage,
    kinds: ReadonlySet<KeyKind>,
    environment: string | Wherever | null,
    kind: RequestKind,
  ): Credential | Promise<Credential> {
    const checked = this.#options.credentials.check(request, kinds, environment);
    if (checked instanceof Promise) return checked.then((credential) => this.#count(request, credential, kind));
    return this.#count(request, checked, kind);
  }

  /** Its body or a revision was waited for, and its key may have been revoked meanwhile. Null: it was not. */
  recheck(admitted: Admitted): Denial | null {
    return this.#options.credentials.recheck(admitted);
  }

  /** A request for nothing that is here. Null: it may be told so. */
  stranger(request: IncomingMessage): Denial | null {
    return denyNullable(this.#options.quotas.ofStranger(request));
  }

  /** A browser asks whether its page may ask. Null: it may be told. */
  preflight(request: IncomingMessage): Denial | null {
    return denyNullable(this.#options.quotas.ofAddress(request));
  }

  #count(request: IncomingMessage, credential: Credential, kind: RequestKind): Credential {
    const { quotas } = this.#options;
    if (credential.ok) {
      const excess = quotas.ofKey(credential.entry, kind, request);
      return excess === null ? credential : denyExcess(excess);
    }
    const { status, code } = credential;
    if (status === 401 || status === 403) this.#failures.set(code, (this.#failures.get(code) ?? 0) + 1);
    // Nobody is wrong while this edge has not loaded what it needs; a key that had to be asked about upstream counts.
    const counts = credential.status < 429 || credential.code === 'key_unconfirmed';
    const excess = counts ? quotas.ofStranger(request) : null;
    return excess === null ? credential : denyExcess(excess);
  }
}

function denyNullable(excess: Excess | null): Denial | null {
  return excess === null ? null : denyExcess(excess);
}
