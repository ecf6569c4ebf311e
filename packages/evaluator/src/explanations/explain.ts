import { briefly } from './briefly.ts';
import { findText, traceBucket } from '../buckets/bucket.ts';
import { contentOf, type Ruleset } from '../rulesets/content.ts';
import { FLAG_NOT_FOUND, serve, targetOf } from '../evaluate.ts';
import { ConditionTracer } from './explain-conditions.ts';
import { answerFor } from '../failure.ts';
import type { Explanation, ExplanationStep } from './explanation.ts';
import type { PreparedFlag, PreparedPrerequisites, PreparedRule, PreparedServe } from '../rulesets/flag.ts';
import { preparedFlag } from '../rulesets/flag-entry.ts';
import type { Evaluation, EvaluationContext, Moment } from '../model.ts';
import { attributesOf, Scope } from '../scope.ts';
import { lookup } from '../rulesets/table.ts';

const DEFAULT_PATH = '$.default';

/**
 * The same evaluation as `evaluate` makes, with a trace of every step it took. Slower: for people, not for hot paths.
 *
 * For a context of plain data, that is: a getter may give another value to each reader. Under the same guarantees: never throws. When the evaluation ends in INVALID_CONTEXT or GENERAL, the trace holds the
 * steps before. Its size is bounded by the ruleset's: values of the context are shown briefly.
 */
export function explain(ruleset: Ruleset, flagKey: string, context: EvaluationContext, moment?: Moment): Explanation {
  const steps: ExplanationStep[] = [];
  try {
    const scope = new Scope(contentOf(ruleset), attributesOf(context), moment ?? null);
    return { evaluation: new Walk(scope).flag(flagKey, steps), steps };
  } catch (error) {
    return { evaluation: answerFor(error), steps };
  }
}

class Walk {
  readonly #scope: Scope;
  readonly #conditions: ConditionTracer;
  /** Prerequisites that were evaluated on the way. */
  readonly #answers = new Map<string, Evaluation>();

  constructor(scope: Scope) {
    this.#scope = scope;
    this.#conditions = new ConditionTracer(scope);
  }

  flag(key: string, steps: ExplanationStep[]): Evaluation {
    const { content } = this.#scope;
    const entry = lookup(content.flags, key);
    const found = entry !== undefined;
    const enabled = found && entry.fixed?.reason !== 'DISABLED';
    steps.push({ step: 'flag', flag: key, found, enabled });
    if (!found) return FLAG_NOT_FOUND;
    if (entry.fixed !== null) {
      if (enabled) steps.push({ step: 'default', path: DEFAULT_PATH, variant: entry.fixed.variant ?? null });
      return entry.fixed;
    }
    const flag = preparedFlag(entry, content.regex);
    if (flag.prerequisites !== null && !this.#hold(flag.prerequisites, steps)) return flag.prerequisites.failed;
    return this.#target(flag, steps) ?? this.#rules(flag, steps) ?? this.#otherwise(flag, steps);
  }

  #hold({ of, list }: PreparedPrerequisites, steps: ExplanationStep[]): boolean {
    const voids = this.#scope.content.prerequisites.voidsOf(of, this.#scope.content.flags);
    for (const [index, { flag, variants }] of list.entries()) {
      const step = { step: 'prerequisite', path: `$.prerequisites[${index}]`, flag, variants } as const;
      const leadsBack = voids?.has(flag) === true;
      const inner: ExplanationStep[] = [];
      const at = steps.push({ ...step, served: null, held: false, leadsBack, steps: inner }) - 1;
      const served = leadsBack ? null : (this.#answer(flag, inner).variant ?? null);
      const held = served !== null && variants.includes(served);
      steps[at] = { ...step, served, held, leadsBack, steps: inner };
      if (!held) return false;
    }
    return true;
  }

  #answer(key: string, steps: ExplanationStep[]): Evaluation {
    const before = this.#answers.get(key);
    if (before !== undefined) return before;
    const answer = this.flag(key, steps);
    this.#answers.set(key, answer);
    return answer;
  }

  #target(flag: PreparedFlag, steps: ExplanationStep[]): Evaluation | null {
    if (flag.targets === null) return null;
    const answer = targetOf(flag, this.#scope);
    const { attributes } = this.#scope;
    const key = Object.hasOwn(attributes, 'targetingKey') ? { targetingKey: briefly(attributes.targetingKey) } : {};
    steps.push({ step: 'targets', ...key, variant: answer?.variant ?? null });
    return answer ?? null;
  }

  #rules({ rules }: PreparedFlag, steps: ExplanationStep[]): Evaluation | null {
    for (const [index, rule] of rules.entries()) {
      const answer = this.#rule(rule, `$.rules[${index}]`, steps);
      if (answer !== null) return answer;
    }
    return null;
  }

  #rule(rule: PreparedRule, path: string, steps: ExplanationStep[]): Evaluation | null {
    const { held, conditions } = this.#conditions.all([rule.first, ...(rule.others ?? [])], `${path}.conditions`, null);
    const answer = held ? serve(rule, this.#scope) : null;
    const rollout = held ? this.#rollout(rule) : {};
    const variant = answer?.variant ?? null;
    steps.push({ step: 'rule', path, rule: rule.id, held, conditions, variant, ...rollout });
    return answer;
  }

  #otherwise(flag: PreparedFlag, steps: ExplanationStep[]): Evaluation {
    const answer = serve(flag, this.#scope) ?? flag.undecided ?? FLAG_NOT_FOUND;
    steps.push({ step: 'default', path: DEFAULT_PATH, variant: answer.variant ?? null, ...this.#rollout(flag) });
    return answer;
  }

  #rollout({ rollout }: PreparedServe) {
    if (rollout === null) return {};
    const { bucketer } = rollout;
    return { rollout: traceBucket(bucketer, findText(bucketer, this.#scope.attributes, this.#scope.moment)) };
  }
}
