/** Evaluating what changed, in golden contexts, before anybody else does. */
import {
  type Condition,
  emptyRuleset,
  type EvaluationContext,
  evaluate,
  type FlagConfiguration,
  patch,
  type RegexEngine,
  type Ruleset,
  type Segment,
} from '@flaghoist/evaluator';
import { rulesOf } from '@flaghoist/protocol/ruleset';
import type { EntityVersion } from '../changes/index.ts';
import { goldenContexts, shortContexts } from './golden-contexts.ts';

/**
 * Milliseconds that one evaluation may take. What the limits allow takes 30 ms at worst for a pattern, on a text as long
 * as any; the rest is room for a slower machine.
 */
const EVALUATION_MS = 100;
const ATTEMPTS = 3;
/** Milliseconds spent on one entity: what is heavy and still allowed must not hold up the revisions behind it. */
const ENTITY_MS = 500;
/**
 * Milliseconds after which the entities of a revision that are left are tried without the contexts that look for slow
 * patterns, and no longer than a moment each: a kill switch in another environment waits behind them.
 */
const REVISION_MS = 2_000;
const MOMENT_MS = 2;
/** Milliseconds that every reader may be held up by one entity, and how many characters of it are given one more each. */
const PREPARING_MS = 100;
const LENGTH_PER_MS = 20_000;
const MOMENT = { now: 1_767_225_600_000, random: 'golden' };
const PROBE = 'probe-of-the-gate';

export interface TrialClock {
  /** Milliseconds. */
  readonly now: () => number;
  /** Called before each entity. */
  readonly onStep: (entity: EntityVersion) => void;
}

type Pace = Pick<TrialClock, 'now'> & { readonly isHurried: boolean };

/**
 * What is wrong with the first entity that takes too long to prepare; null: none does. `took`: how long each took. What was
 * slow is prepared again, with an engine that remembers nothing, because it may have been the machine.
 */
export function trySlow(
  took: ReadonlyMap<EntityVersion, number>,
  createRegex: () => RegexEngine,
  { now, onStep }: TrialClock,
): string | null {
  for (const [entity, first] of took) {
    const { kind, key, json } = entity;
    const bound = PREPARING_MS + (json?.length ?? 0) / LENGTH_PER_MS;
    let best = first;
    for (let attempt = 1; attempt < ATTEMPTS && best > bound; attempt++) {
      onStep(entity);
      const startedAt = now();
      patch(emptyRuleset({ regex: createRegex() }), rulesOf([entity]));
      best = Math.min(best, now() - startedAt);
    }
    if (best > bound)
      return `${kind}/${key}: $: preparing it takes ${Math.round(best)} ms in every process, more than ${Math.round(bound)}. Use fewer or smaller patterns.`;
  }
  return null;
}

/** What is wrong with the first changed entity that does not answer as it must; null: all do. */
export function tryChanged(ruleset: Ruleset, changed: readonly EntityVersion[], clock: TrialClock): string | null {
  const endsAt = clock.now() + REVISION_MS;
  for (const entity of changed) {
    if (entity.json === null) continue;
    clock.onStep(entity);
    const isHurried = clock.now() > endsAt;
    const problem = tryEntity(ruleset, entity.kind, entity.key, entity.json, { ...clock, isHurried });
    if (problem !== null) return `${entity.kind}/${entity.key}: ${problem}`;
  }
  return null;
}

function tryEntity(ruleset: Ruleset, kind: string, key: string, json: string, pace: Pace): string | null {
  if (kind === 'flag') {
    const { rules = [] } = JSON.parse(json) as FlagConfiguration;
    return tryFlag(
      ruleset,
      key,
      rules.flatMap(({ conditions }) => conditions),
      pace,
    );
  }
  if (kind !== 'segment') return null;
  // A segment answers only through a flag, and those that name it have not changed: one of its own asks it alone.
  const probed = patch(ruleset, [{ kind: 'flag', key: PROBE, json: probeOf(key) }]);
  if (!probed.ok) return 'no flag can name it: give it a key that a flag can hold.';
  return tryFlag(probed.value, PROBE, (JSON.parse(json) as Segment).conditions ?? [], pace);
}

function tryFlag(
  ruleset: Ruleset,
  key: string,
  conditions: readonly Condition[],
  { now, isHurried }: Pace,
): string | null {
  const endsAt = now() + (isHurried ? MOMENT_MS : ENTITY_MS);
  for (const context of isHurried ? shortContexts(conditions) : goldenContexts(conditions)) {
    let best = Number.POSITIVE_INFINITY;
    for (let attempt = 0; attempt < ATTEMPTS && best > EVALUATION_MS; attempt++) {
      const startedAt = now();
      const problem = problemIn(ruleset, key, context);
      if (problem !== null) return problem;
      best = Math.min(best, now() - startedAt);
    }
    if (best > EVALUATION_MS)
      return `$: one evaluation takes ${Math.round(best)} ms, more than ${EVALUATION_MS}. Use fewer or smaller patterns and lists.`;
    if (now() > endsAt) break;
  }
  return null;
}

function problemIn(ruleset: Ruleset, key: string, context: EvaluationContext): string | null {
  try {
    const { reason, errorCode = '' } = evaluate(ruleset, key, context, MOMENT);
    // The contexts are plain data: whoever cannot read them, or cannot prepare what passed every check, has a bug.
    return reason === 'ERROR' && errorCode !== 'TARGETING_KEY_MISSING'
      ? `$: evaluating it ends in ${errorCode}. Undo the last change to it, and report this as a bug.`
      : null;
  } catch (error) {
    return `$: evaluating it throws ${String(error)}. Undo the last change to it, and report this as a bug.`;
  }
}

function probeOf(segment: string): string {
  const configuration: FlagConfiguration = {
    key: PROBE,
    type: 'boolean',
    enabled: true,
    variants: { on: true, off: false },
    rules: [{ id: 'probe', conditions: [{ segment }], serve: { variant: 'on' } }],
    default: { variant: 'off' },
  };
  return JSON.stringify(configuration);
}
