import { type PreparedCondition, type Preparing, prepareConditions } from '../conditions/condition.ts';
import type {
  Evaluation,
  FlagConfiguration,
  FlagType,
  JsonValue,
  Prerequisite,
  Reason,
  RegexEngine,
  Rule,
  Serve,
} from '../model.ts';
import { type PreparedRollout, prepareRollout } from '../buckets/rollout.ts';
import { createIntern } from './intern.ts';

export interface FlagDescription {
  readonly type: FlagType;
  readonly clientVisible: boolean;
}

/** A flag configuration with all its answers built: evaluating it only chooses one. Fixed flags have no such form. */
export interface PreparedFlag extends PreparedServe {
  readonly prerequisites: PreparedPrerequisites | null;
  /** By targeting key; null when there are none. */
  readonly targets: ReadonlyMap<string, Evaluation> | null;
  readonly rules: readonly PreparedRule[];
  /** The answer when the default is a rollout that does not decide. */
  readonly undecided: Evaluation | null;
}

export interface PreparedPrerequisites {
  /** Key of the flag whose prerequisites these are. */
  readonly of: string;
  readonly list: readonly Prerequisite[];
  /** The answer when one of them does not hold. */
  readonly failed: Evaluation;
}

export interface PreparedRule extends PreparedServe {
  readonly id: string;
  /** Most rules have one condition: without a list for it there is less to go through, and 56 bytes less to keep. */
  readonly first: PreparedCondition;
  readonly others: readonly PreparedCondition[] | null;
}

/** Exactly one of the two is not null: an answer, or the rollout that chooses one. */
export interface PreparedServe {
  readonly answer: Evaluation | null;
  readonly rollout: PreparedRollout | null;
}

const NO_RULES: readonly PreparedRule[] = [];

/** The only answer of a flag that does not look at its context; null when it does. For a flag that `checkFlag` accepted. */
export function fixedAnswer(flag: FlagConfiguration): Evaluation | null {
  if (!flag.enabled) return new Answers(flag).offer(flag.offVariant, 'DISABLED');
  const { prerequisites, rules } = flag;
  if (isFilled(prerequisites) || isFilled(rules) || flag.targets?.some(({ keys }) => keys.length > 0)) return null;
  return 'variant' in flag.default ? new Answers(flag).offer(flag.default.variant, 'STATIC') : null;
}

/** Prepares a flag that `checkFlag` accepted and that has no fixed answer. */
export function prepareFlag(flag: FlagConfiguration, regex: RegexEngine | null): PreparedFlag {
  // Explanations show them to everybody who asks.
  freeze(flag.prerequisites);
  if (flag.prerequisites?.every(({ variants }) => Array.isArray(variants)) === false) throw new TypeError(flag.key);
  const answers = new Answers(flag);
  const preparing = { owner: flag.key, regex };
  const { key, offVariant, prerequisites, rules } = flag;
  const { answer, rollout } = prepareServe(flag.default, 'DEFAULT', undefined, answers);
  const failed = answers.offer(offVariant, 'PREREQUISITE_FAILED');
  return {
    prerequisites: isFilled(prerequisites) ? { of: key, list: prerequisites, failed } : null,
    targets: prepareTargets(flag, answers),
    rules: isFilled(rules) ? rules.map((rule) => prepareRule(rule, answers, preparing)) : NO_RULES,
    answer,
    rollout,
    undecided: rollout === null || rollout.missing !== null ? null : answers.offer(offVariant, 'DEFAULT'),
  };
}

function isFilled<T>(list: readonly T[] | undefined): list is readonly T[] {
  return list !== undefined && list.length > 0;
}

function prepareTargets(flag: FlagConfiguration, answers: Answers): ReadonlyMap<string, Evaluation> | null {
  const targets = new Map<string, Evaluation>();
  for (const { variant, keys } of flag.targets ?? []) {
    const answer = answers.offer(variant, 'TARGETING_MATCH');
    for (const key of keys) targets.set(key, answer);
  }
  return targets.size === 0 ? null : targets;
}

function prepareRule({ id, conditions, serve }: Rule, answers: Answers, preparing: Preparing): PreparedRule {
  const { answer, rollout } = prepareServe(serve, 'TARGETING_MATCH', id, answers);
  const [first, ...others] = prepareConditions(conditions, preparing);
  if (first === undefined) throw new TypeError(id);
  return { id, first, others: others.length > 0 ? others : null, answer, rollout };
}

function prepareServe(serve: Serve, plain: Reason, rule: string | undefined, answers: Answers): PreparedServe {
  if ('variant' in serve) return { answer: answers.offer(serve.variant, plain, rule), rollout: null };
  const rollout = prepareRollout(serve.rollout, answers.flagKey, {
    split: (variant) => answers.offer(variant, 'SPLIT', rule),
    missing: (attribute) => answers.unbucketed(attribute, rule),
  });
  return { answer: null, rollout };
}

/** Builds the frozen answers of one flag. */
class Answers {
  readonly flagKey: string;
  readonly #values: FlagConfiguration['variants'];

  constructor(flag: FlagConfiguration) {
    this.flagKey = flag.key;
    this.#values = flag.variants;
    for (const value of Object.values(flag.variants)) freeze(value);
  }

  /** Without value and variant when there is no such variant. */
  offer(variant: string | undefined, reason: Reason, rule?: string): Evaluation {
    if (variant === undefined || !Object.hasOwn(this.#values, variant)) return Object.freeze({ reason });
    const value = this.#values[variant] as JsonValue;
    return Object.freeze(rule === undefined ? { value, variant, reason } : { value, variant, reason, rule });
  }

  unbucketed(attribute: string, rule: string | undefined): Evaluation {
    const error = { reason: 'ERROR', errorCode: 'TARGETING_KEY_MISSING', errorMessage: unbucketed(attribute) } as const;
    return Object.freeze(rule === undefined ? error : { ...error, rule });
  }
}

const unbucketed = /* @__PURE__ */ createIntern(
  (attribute) => `The flag is split by "${attribute}": put a value to split by there in the evaluation context.`,
);

/** Answers share the values of variants. */
function freeze(value: unknown): void {
  if (typeof value !== 'object' || value === null) return;
  Object.freeze(value);
  for (const member of Object.values(value)) freeze(member);
}
