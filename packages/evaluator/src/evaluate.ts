import type { Attributes } from './attribute.ts';
import { holdAll, type Segments } from './audience.ts';
import type { PreparedFlag, PreparedServe } from './flag.ts';
import type { Evaluation, EvaluationContext } from './model.ts';
import { pickVariant } from './rollout.ts';
import { contentOf, type Ruleset } from './ruleset.ts';
import { lookup } from './table.ts';

const FLAG_NOT_FOUND: Evaluation = Object.freeze({
  reason: 'ERROR',
  errorCode: 'FLAG_NOT_FOUND',
  errorMessage: 'This environment has no flag with that key: check the spelling, or create the flag.',
});

const UNREADABLE_CONTEXT: Evaluation = Object.freeze({
  reason: 'ERROR',
  errorCode: 'INVALID_CONTEXT',
  errorMessage: 'Reading the evaluation context threw an error: pass plain data, as JSON.parse returns it.',
});

const NO_ATTRIBUTES: Attributes = Object.freeze({});

/**
 * The answer of a flag for a context.
 *
 * In this order: an unknown flag is FLAG_NOT_FOUND; off serves the off variant (DISABLED; neither value nor variant when
 * it has none); the individual target of the context's `targetingKey` (TARGETING_MATCH); the first rule whose conditions
 * all hold (TARGETING_MATCH, or SPLIT when it serves a rollout; `rule` is its id); the default (STATIC when the flag has
 * no targets and no rules, else DEFAULT; SPLIT when it is a rollout).
 *
 * A rollout whose attribute is not a string in this context does what its contract says: TARGETING_KEY_MISSING, its
 * first variant (SPLIT), or nothing, so that the next rule decides; a default rollout that does nothing serves the off
 * variant with reason DEFAULT.
 *
 * Conditions read own members only. Values of another type than the operator's compare false; a list passes when any
 * element does; `exists` asks for a value that is not null, an empty list included. `negate` inverts what comes out, so
 * a negated condition holds when the attribute is missing. A segment that does not exist contains nobody, and so does a
 * reference from one segment to another that leads back to it, or to a chain of `LIMITS.segmentDepth` segments.
 *
 * Never throws: a context that is not an object, or is an array, evaluates like an empty one; one that throws when read
 * (a getter, a proxy) is INVALID_CONTEXT. The answer is frozen, built beforehand and shared by equal evaluations.
 */
export function evaluate(ruleset: Ruleset, flagKey: string, context: EvaluationContext): Evaluation {
  const content = contentOf(ruleset);
  const flag = lookup(content.flags, flagKey);
  if (flag === undefined) return FLAG_NOT_FOUND;
  if (flag.fixed !== null) return flag.fixed;
  try {
    return decide(flag, attributesOf(context), content);
  } catch {
    return UNREADABLE_CONTEXT;
  }
}

function attributesOf(context: unknown): Attributes {
  return typeof context === 'object' && context !== null && !Array.isArray(context)
    ? (context as Attributes)
    : NO_ATTRIBUTES;
}

function decide(flag: PreparedFlag, attributes: Attributes, segments: Segments): Evaluation {
  if (flag.targets !== null && Object.hasOwn(attributes, 'targetingKey')) {
    const answer = flag.targets.get(attributes.targetingKey as string);
    if (answer !== undefined) return answer;
  }
  for (const rule of flag.rules) {
    if (!holdAll(rule.conditions, attributes, segments)) continue;
    const answer = serve(rule.serve, attributes);
    if (answer !== null) return answer;
  }
  return serve(flag.otherwise, attributes) ?? flag.undecided;
}

/** Null: a rollout that does not decide. */
function serve({ answer, rollout }: PreparedServe, attributes: Attributes): Evaluation | null {
  return rollout === null ? answer : pickVariant(rollout, attributes);
}
