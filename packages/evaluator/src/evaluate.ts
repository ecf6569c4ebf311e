import { holdAll, holds } from './conditions/audience.ts';
import { contentOf, type Ruleset } from './rulesets/content.ts';
import { answerFor } from './failure.ts';
import type { PreparedFlag, PreparedPrerequisites, PreparedServe } from './rulesets/flag.ts';
import { type FlagEntry, preparedFlag } from './rulesets/flag-entry.ts';
import type { Evaluation, EvaluationContext, Moment } from './model.ts';
import { pickVariant } from './buckets/rollout.ts';
import { attributesOf, Scope } from './scope.ts';
import { lookup } from './rulesets/table.ts';

export const FLAG_NOT_FOUND: Evaluation = Object.freeze({
  reason: 'ERROR',
  errorCode: 'FLAG_NOT_FOUND',
  errorMessage: 'This environment has no flag with that key: check the spelling, or create the flag.',
});

/**
 * The answer of a flag for a context. `spec/evaluation/README.md` is the contract, in prose.
 *
 * In this order: an unknown flag is FLAG_NOT_FOUND; off serves the off variant (DISABLED; neither value nor variant when
 * it has none); a prerequisite that does not hold serves the off variant (PREREQUISITE_FAILED); the individual target of
 * the context's `targetingKey` (TARGETING_MATCH); the first rule whose conditions all hold (TARGETING_MATCH, or SPLIT when
 * it serves a rollout; `rule` is its id); the default (STATIC when the flag has no prerequisites, targets and rules, else
 * DEFAULT; SPLIT when it is a rollout).
 *
 * A rollout that finds nothing to bucket by in this context does what its contract says: TARGETING_KEY_MISSING, its first
 * variant (SPLIT), or nothing, so that the next rule decides; a default rollout that does nothing serves the off variant
 * with reason DEFAULT.
 *
 * `moment` is what `$now` and `$random` read; each of its members is read only when a rule asks for it.
 *
 * Never throws and never loops: a context that is not an object, or is an array, evaluates like an empty one; one that
 * throws when read (a getter, a proxy) is INVALID_CONTEXT; an evaluation that reaches a regular expression in a ruleset
 * that was prepared without an engine is GENERAL; one that meets an entity that was trusted and is broken is PARSE_ERROR.
 * The answer is frozen, built beforehand and shared by equal evaluations.
 */
export function evaluate(ruleset: Ruleset, flagKey: string, context: EvaluationContext, moment?: Moment): Evaluation {
  const content = contentOf(ruleset);
  const entry = lookup(content.flags, flagKey);
  if (entry === undefined) return FLAG_NOT_FOUND;
  if (entry.fixed !== null) return entry.fixed;
  try {
    return decide(preparedFlag(entry, content.regex), new Scope(content, attributesOf(context), moment ?? null));
  } catch (error) {
    return answerFor(error);
  }
}

function decide(flag: PreparedFlag, scope: Scope): Evaluation {
  if (flag.prerequisites !== null && !prerequisitesHold(flag.prerequisites, scope)) return flag.prerequisites.failed;
  if (flag.targets !== null) {
    const answer = targetOf(flag, scope);
    if (answer !== undefined) return answer;
  }
  // By index here and in `holdAll`: an iterator now and then costs an allocation, and these are the hottest loops.
  const { rules } = flag;
  for (let index = 0; index < rules.length; index++) {
    const rule = rules[index];
    if (rule === undefined || !holds(rule.first, scope, null)) continue;
    if (rule.others !== null && !holdAll(rule.others, scope, null)) continue;
    const answer = serve(rule, scope);
    if (answer !== null) return answer;
  }
  return serve(flag, scope) ?? flag.undecided ?? FLAG_NOT_FOUND;
}

/** Null: a rollout that does not decide. */
export function serve({ answer, rollout }: PreparedServe, { attributes, moment }: Scope): Evaluation | null {
  return rollout === null ? answer : pickVariant(rollout, attributes, moment);
}

/** The answer of the individual target that names the context's targeting key. */
export function targetOf({ targets }: PreparedFlag, { attributes }: Scope): Evaluation | undefined {
  if (targets === null || !Object.hasOwn(attributes, 'targetingKey')) return undefined;
  return targets.get(attributes.targetingKey as string);
}

function prerequisitesHold({ of, list }: PreparedPrerequisites, scope: Scope): boolean {
  const voids = scope.content.prerequisites.voidsOf(of, scope.content.flags);
  for (const { flag: key, variants } of list) {
    if (voids?.has(key) === true) return false;
    const variant = servedVariant(key, scope);
    if (variant === undefined || !variants.includes(variant)) return false;
  }
  return true;
}

/** The variant that another flag serves in this evaluation; undefined: none. */
function servedVariant(key: string, scope: Scope): string | undefined {
  const entry = lookup(scope.content.flags, key);
  if (entry === undefined) return undefined;
  if (entry.names.length === 0) return answerOf(entry, scope).variant;
  scope.served ??= new Map();
  if (scope.served.has(key)) return scope.served.get(key);
  const { variant } = answerOf(entry, scope);
  scope.served.set(key, variant);
  return variant;
}

function answerOf(entry: FlagEntry, scope: Scope): Evaluation {
  return entry.fixed ?? decide(preparedFlag(entry, scope.content.regex), scope);
}
