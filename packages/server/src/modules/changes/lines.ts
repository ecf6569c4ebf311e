/** The lines that one write has locked, and what it stages on them. */
import { LIMITS } from '@flaghoist/evaluator';
import type { EntityKind } from '@flaghoist/protocol/ruleset';
import { row, sql, type Tx } from '../../platform/database.ts';
import { invalid } from '../../platform/refusal.ts';
import type { TriedCandidate } from './candidates.ts';

export interface StagedEntity {
  readonly kind: EntityKind;
  readonly key: string;
  readonly json: string | null;
  readonly sha256: string | null;
  /** Hash of the version this one replaces. */
  readonly before: string | null;
  readonly lane: Lane;
}

/**
 * `tried first`: where publication is staged the change becomes a candidate. `at once`: it takes the next revision there too. A
 * write that has both in one environment is tried first.
 */
export type Lane = 'at once' | 'tried first';

/** One entity of a write, as its revision has it; `json` is null when the revision deletes it. */
export interface WrittenEntity {
  readonly environmentId: string;
  readonly revision: number;
  /** RFC 3339. */
  readonly at: string;
  readonly kind: EntityKind;
  readonly key: string;
  readonly json: string | null;
}

/** An entity as the newest revision has it; `json` is null when that deleted it. */
export interface CurrentEntity {
  readonly json: string | null;
  readonly sha256: string | null;
  /** That last changed it. */
  readonly revision: number;
}

export interface LivingEntity {
  readonly json: string;
  readonly revision: number;
}

export interface Line {
  readonly epoch: number;
  /** The revision this write makes, if it changes anything in the environment. */
  readonly next: number;
  readonly staged: Map<string, StagedEntity>;
  /** What was asked for since the line was locked, by kind and key. */
  readonly found: Map<string, Promise<CurrentEntity | undefined>>;
  /** How long a candidate is tried; null: the environment publishes at once. */
  readonly holdSeconds: number | null;
  /** The change whose candidate is tried; null: none is. */
  tried: string | null;
  /** The number of its newest candidate. */
  readonly candidates: number;
  /** The candidate that takes the next revision with this write. */
  promotes: TriedCandidate | null;
}

interface LockedLine {
  readonly epoch: number;
  readonly revision: number;
  readonly closed: boolean;
  readonly holdSeconds: number | null;
  readonly tried: string | null;
  readonly candidates: number;
}

export const NEW_LINE: LockedLine = {
  epoch: 1,
  revision: 0,
  closed: false,
  holdSeconds: null,
  tried: null,
  candidates: 0,
};

/** What a write stages on a line that it has locked or begun. */
export function lineOn({ revision, epoch, holdSeconds, tried, candidates }: LockedLine): Line {
  const nothing = { staged: new Map(), found: new Map(), promotes: null };
  return { ...nothing, epoch, next: revision + 1, holdSeconds, tried, candidates };
}

/** Locks a line until the transaction ends; undefined: there is none. */
export function lockLine(tx: Tx, environmentId: string): Promise<LockedLine | undefined> {
  return row(
    tx,
    sql<LockedLine>`select epoch, revision, closed, hold_seconds as "holdSeconds", tried, candidates
      from revision_counters where environment_id = ${environmentId}::uuid for update`,
  );
}

export function readCurrent(tx: Tx, environmentId: string, kind: EntityKind, key: string) {
  return row(
    tx,
    sql<CurrentEntity>`select json, sha256, revision from entity_versions
      where environment_id = ${environmentId}::uuid and kind = ${kind} and key = ${key} order by revision desc limit 1`,
  );
}

/** Where a line stands, before what a write has staged. */
export async function readPosition(tx: Tx, environmentId: string) {
  const found = await row(
    tx,
    sql<{ epoch: number; revision: number; holdSeconds: number | null }>`
      select epoch, revision, hold_seconds as "holdSeconds" from revision_counters where environment_id = ${environmentId}::uuid`,
  );
  return found ?? { epoch: 1, revision: 0, holdSeconds: null };
}

/** What is staged on those lines that are asked for. `at`: RFC 3339. */
export function entitiesOn(
  lines: ReadonlyMap<string, Line>,
  at: string,
  isAsked: (environmentId: string) => boolean,
): readonly WrittenEntity[] {
  return [...lines].flatMap(([environmentId, { next: revision, staged }]) =>
    isAsked(environmentId)
      ? [...staged.values()].map(({ kind, key, json }) => ({ environmentId, revision, at, kind, key, json }))
      : [],
  );
}

/** As the audit chain tells of them. */
export function told(staged: readonly StagedEntity[]) {
  return staged.map(({ kind, key, sha256: hash, before }) => ({ kind, key, sha256: hash, before }));
}

/** The one text of an entity. Several edits, each small enough, can make one that nobody would take: that is refused. */
export function entityText(kind: EntityKind, key: string, value: object): string {
  const json = JSON.stringify(value);
  if (json.length > LIMITS.entityLength)
    throw invalid(
      '$',
      'too_long',
      `The ${kind} ${key} would have ${json.length} characters as JSON; ${LIMITS.entityLength} is the most. Shorten it.`,
    );
  return json;
}
