/** A write as the modules above see it, whatever it is about. */
import type { Confirmation } from '@flaghoist/protocol/ruleset';
import type { Rights } from '../../platform/rights.ts';

export interface Actor {
  /** Stable; scopes idempotency keys. */
  readonly id: string;
  /** What history shows. */
  readonly name: string;
}

export interface Command {
  readonly actor: Actor;
  /** What the actor may do; a command that touches several environments asks for each. */
  readonly rights: Rights;
  /** e.g. `flag.edit`. */
  readonly action: string;
  /** Why, in the author's words. */
  readonly reason: string | null;
  /** What is meant although a guard would refuse it. Absent: nothing. */
  readonly confirmations?: readonly Confirmation[];
  readonly idempotencyKey: string | null;
  /** Hash of what was asked: the same idempotency key with another one is a mistake of the caller's. */
  readonly fingerprint: string;
}

export interface Answer {
  readonly status: number;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Written extends Answer {
  readonly headers: Readonly<Record<string, string>>;
  /** The answer of an earlier request with the same idempotency key. */
  readonly replayed: boolean;
}
