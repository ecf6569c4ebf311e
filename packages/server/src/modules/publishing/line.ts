/**
 * One environment as it was last published, and the gate to its next revision. It lives in the gate's worker: what it costs
 * holds nobody up.
 */
import { emptyRuleset, patch, type RegexEngine, type Ruleset } from '@flaghoist/evaluator';
import {
  checkConfirmed,
  ENGINE,
  formatBlock,
  formatHead,
  type Head,
  isKind,
  isRule,
  RootIndex,
  rulesOf,
} from '@flaghoist/protocol/ruleset';
import { sha256 } from '@flaghoist/runtime/crypto';
import type { EntityVersion } from '../changes/index.ts';
import { References } from './references.ts';
import { type TrialClock, tryChanged, trySlow } from './trial.ts';

export interface Publication {
  readonly epoch: number;
  readonly revision: number;
  readonly hash: string;
}

export interface NextBlock {
  readonly publication: Publication;
  readonly head: string;
  readonly text: string;
}

/** What is to be made of a revision. */
export interface Proposal {
  readonly epoch: number;
  readonly revision: number;
  readonly confirmations: readonly string[];
  readonly entities: readonly EntityVersion[];
  /** Made of a revision's candidate instead, whose base is what was published: its number. The line makes nothing after it. */
  readonly candidate?: number;
  /** The head that the bus has of this revision already: then only what makes the same one passes, and that unjudged. */
  readonly expected: string | null;
}

export type Judgement =
  | { readonly ok: true; readonly block: NextBlock }
  /** Which entity, where in it, what is wrong and how to mend it. Nothing was changed. */
  | { readonly ok: false; readonly problem: string };

export class Line {
  readonly environmentId: string;
  /** What was published and this version of the evaluator does not prepare; it goes on being what followers hold. */
  readonly unprepared: readonly string[];
  readonly #rules = new RootIndex(sha256);
  readonly #access = new RootIndex(sha256);
  readonly #references = new References();
  readonly #sizes = new Map<string, number>();
  readonly #clock: TrialClock;
  readonly #createRegex: () => RegexEngine;
  #size = 0;
  #ruleset: Ruleset;
  #at: Publication;

  /** `entities`: all living ones at that publication. */
  constructor(
    environmentId: string,
    at: Publication,
    entities: readonly EntityVersion[],
    deps: { readonly createRegex: () => RegexEngine; readonly clock: TrialClock },
  ) {
    this.environmentId = environmentId;
    this.#at = at;
    this.#clock = deps.clock;
    this.#createRegex = deps.createRegex;
    this.#ruleset = emptyRuleset({ regex: deps.createRegex() });
    const { ruleset, unprepared } = prepareMost(this.#ruleset, entities, deps.clock);
    this.#ruleset = ruleset;
    this.unprepared = unprepared.map(nameOf);
    this.#take(entities);
    this.#references.apply(entities.filter((entity) => !unprepared.includes(entity)));
  }

  get at(): Publication {
    return this.#at;
  }

  /** The block that publishes a revision, which must be the next one. */
  next(proposal: Proposal): Judgement {
    const { entities, revision, expected, candidate } = proposal;
    if (revision !== this.#at.revision + (candidate === undefined ? 1 : 0))
      throw new Error(`revision ${revision} does not follow ${this.#at.revision}`);
    const undoRoots = this.#applyRoots(entities);
    const head = formatHead(this.#headOf(proposal));
    const passed = expected === null ? this.#judge(proposal) : this.#recognise(entities, head === expected);
    if (!passed.ok) {
      undoRoots();
      return passed;
    }
    this.#ruleset = passed.ruleset;
    this.#measure(entities);
    this.#at = { epoch: proposal.epoch, revision, hash: sha256(head) };
    const text = formatBlock(head, entities);
    return { ok: true, block: { publication: this.#at, head, text } };
  }

  #headOf({ epoch, revision, confirmations, candidate }: Proposal): Head {
    return {
      environment: this.environmentId,
      epoch,
      revision,
      previous: this.#at.hash,
      rules: this.#rules.root(),
      access: this.#access.root(),
      engine: ENGINE,
      confirmations: [...confirmations],
      ...(candidate === undefined ? {} : { candidate }),
    };
  }

  #judge({ entities, confirmations }: Proposal): Passed {
    const unsendable = entities.map(checkSendable).find((problem) => problem !== null);
    if (unsendable != null) return fail(unsendable);
    const took = new Map<EntityVersion, number>();
    const prepared = patch(this.#ruleset, rulesOf(stepping(entities, this.#clock, took)));
    if (!prepared.ok) return fail(prepared.problems.map((one) => `${one.path}: ${one.message}`).join(' '));
    const slow = trySlow(took, this.#createRegex, this.#clock);
    if (slow !== null) return fail(slow);
    const before = { flags: this.#references.flags, size: this.#size };
    const lost = entities.filter((one) => one.kind === 'flag' && one.json === null && this.#sizes.has(nameOf(one)));
    const unconfirmed = checkConfirmed(
      { ...before, flagsLost: lost.length, sizeAfter: this.#sizeAfter(entities) },
      confirmations,
    );
    if (unconfirmed !== null) return fail(`${unconfirmed.what} It was not confirmed with "${unconfirmed.needs}".`);
    const undo = this.#references.apply(entities);
    const problem = this.#references.check(entities) ?? tryChanged(prepared.value, entities, this.#clock);
    if (problem === null) return { ok: true, ruleset: prepared.value };
    undo();
    return fail(problem);
  }

  /** What followers have already is taken as it is. */
  #recognise(entities: readonly EntityVersion[], isSame: boolean): Passed {
    if (!isSame) return fail('the bus has another revision.');
    const { ruleset, unprepared } = prepareMost(this.#ruleset, entities, this.#clock);
    this.#references.apply(entities.filter((entity) => !unprepared.includes(entity)));
    return { ok: true, ruleset };
  }

  #take(entities: readonly EntityVersion[]): void {
    this.#applyRoots(entities);
    this.#measure(entities);
  }

  #applyRoots(entities: readonly EntityVersion[]): () => void {
    const undoRules = this.#rules.apply(entities.filter(({ kind }) => isRule(kind)));
    const undoAccess = this.#access.apply(entities.filter(({ kind }) => !isRule(kind)));
    return () => {
      undoRules();
      undoAccess();
    };
  }

  #sizeAfter(entities: readonly EntityVersion[]): number {
    const change = (one: EntityVersion) => (one.json?.length ?? 0) - (this.#sizes.get(nameOf(one)) ?? 0);
    return entities.filter(({ kind }) => isRule(kind)).reduce((size, one) => size + change(one), this.#size);
  }

  #measure(entities: readonly EntityVersion[]): void {
    this.#size = this.#sizeAfter(entities);
    for (const one of entities) {
      if (!isRule(one.kind)) continue;
      if (one.json === null) this.#sizes.delete(nameOf(one));
      else this.#sizes.set(nameOf(one), one.json.length);
    }
  }
}

type Passed = { readonly ok: true; readonly ruleset: Ruleset } | { readonly ok: false; readonly problem: string };

/** Whether followers read what was written: lines end where entities end, and a text has the hash it is sent with. */
function checkSendable(entity: EntityVersion): string | null {
  const { kind, key, json, sha256: hash } = entity;
  const name = nameOf({ ...entity, key: key.slice(0, MOST_NAMED) });
  if (!isKind(kind)) return `${name}: is of no kind that followers know.`;
  if (key === '' || UNSENDABLE.test(key))
    return `${name}: $.key: is empty, or has a character that ends a line or is none.`;
  if (json === null) return null;
  if (kind === 'chunk' && key !== hash) return `${name}: is not named after its hash.`;
  if (UNSENDABLE.test(json))
    return `${name}: $: its text has a character that ends a line or is none. Write it on one line.`;
  return sha256(json) === hash
    ? null
    : `${name}: $: its text is not the one that its hash was made of. Write it again.`;
}

/** Names are shown to people. */
const MOST_NAMED = 128;
const UNSENDABLE = /[\t\n\r\0\p{Surrogate}]/u;

function fail(problem: string): Passed & { readonly ok: false } {
  return { ok: false, problem };
}

/** All that prepares. One by one only when they do not prepare together, which takes a newer or older evaluator. */
function prepareMost(base: Ruleset, entities: readonly EntityVersion[], clock: TrialClock) {
  const together = patch(base, rulesOf(stepping(entities, clock)));
  if (together.ok) return { ruleset: together.value, unprepared: [] };
  const order = ['chunk', 'segment', 'flag'];
  const sorted = entities
    .filter(({ kind }) => isRule(kind))
    .sort((a, b) => order.indexOf(a.kind) - order.indexOf(b.kind));
  const unprepared: EntityVersion[] = [];
  let ruleset = base;
  for (const entity of stepping(sorted, clock)) {
    const patched = patch(ruleset, rulesOf([entity]));
    if (patched.ok) ruleset = patched.value;
    else unprepared.push(entity);
  }
  return { ruleset, unprepared };
}

/** `took`: told how long whoever draws the entities is busy with each. */
function* stepping(
  entities: readonly EntityVersion[],
  { onStep, now }: TrialClock,
  took: Map<EntityVersion, number> | null = null,
): Generator<EntityVersion> {
  for (const entity of entities) {
    onStep(entity);
    const startedAt = now();
    yield entity;
    took?.set(entity, now() - startedAt);
  }
}

function nameOf({ kind, key }: EntityVersion): string {
  return `${kind}/${key}`;
}
