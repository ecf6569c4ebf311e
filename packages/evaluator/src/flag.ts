import { type PreparedCondition, prepareCondition } from './condition.ts';
import type { Evaluation, FlagConfiguration, FlagType, JsonValue, Reason, Serve } from './model.ts';
import { type PreparedRollout, prepareRollout } from './rollout.ts';

export interface FlagDescription {
  readonly type: FlagType;
  readonly clientVisible: boolean;
}

/** A flag configuration with all its answers built: evaluating it only chooses one. */
export interface PreparedFlag {
  readonly description: FlagDescription;
  /** The only answer of a flag that does not look at its context; else null. */
  readonly fixed: Evaluation | null;
  /** By targeting key; null when there are none. */
  readonly targets: ReadonlyMap<string, Evaluation> | null;
  readonly rules: readonly PreparedRule[];
  readonly otherwise: PreparedServe;
  /** The answer when the default is a rollout that does not decide. */
  readonly undecided: Evaluation;
}

export interface PreparedRule {
  readonly conditions: readonly PreparedCondition[];
  readonly serve: PreparedServe;
}

/** Exactly one of the two is not null. */
export interface PreparedServe {
  readonly answer: Evaluation | null;
  readonly rollout: PreparedRollout | null;
}

/** Prepares a flag that `checkFlag` accepted. Freezes the values of its variants: answers share them. */
export function prepareFlag(flag: FlagConfiguration): PreparedFlag {
  const answers = new Answers(flag);
  const targets = flag.enabled ? prepareTargets(flag, answers) : null;
  const rules = flag.enabled ? (flag.rules ?? []) : [];
  const depends = targets !== null || rules.length > 0;
  const otherwise = prepareServe(flag.default, depends ? 'DEFAULT' : 'STATIC', undefined, answers);
  const off = flag.offVariant;
  return {
    description: DESCRIPTIONS[flag.type][flag.clientVisible === true ? 'visible' : 'hidden'],
    fixed: flag.enabled ? (depends ? null : otherwise.answer) : answers.offer(off, 'DISABLED'),
    targets,
    rules: rules.map((rule) => ({
      conditions: rule.conditions.map(prepareCondition),
      serve: prepareServe(rule.serve, 'TARGETING_MATCH', rule.id, answers),
    })),
    otherwise,
    undecided: answers.offer(off, 'DEFAULT'),
  };
}

function prepareTargets(flag: FlagConfiguration, answers: Answers): ReadonlyMap<string, Evaluation> | null {
  const targets = new Map<string, Evaluation>();
  for (const { variant, keys } of flag.targets ?? []) {
    const answer = answers.offer(variant, 'TARGETING_MATCH');
    for (const key of keys) targets.set(key, answer);
  }
  return targets.size === 0 ? null : targets;
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
  readonly #values: ReadonlyMap<string, JsonValue>;

  constructor(flag: FlagConfiguration) {
    this.flagKey = flag.key;
    this.#values = new Map(Object.entries(flag.variants));
    for (const value of this.#values.values()) freeze(value);
  }

  /** Without value and variant when there is no such variant. */
  offer(variant: string | undefined, reason: Reason, rule?: string): Evaluation {
    const value = variant === undefined ? undefined : this.#values.get(variant);
    if (variant === undefined || value === undefined) return Object.freeze({ reason });
    return Object.freeze(rule === undefined ? { value, variant, reason } : { value, variant, reason, rule });
  }

  unbucketed(attribute: string, rule: string | undefined): Evaluation {
    const errorMessage = `Flag "${this.flagKey}" is split by "${attribute}": put a string there in the evaluation context.`;
    const error = { reason: 'ERROR', errorCode: 'TARGETING_KEY_MISSING', errorMessage } as const;
    return Object.freeze(rule === undefined ? error : { ...error, rule });
  }
}

function freeze(value: JsonValue | undefined): void {
  if (typeof value !== 'object' || value === null) return;
  Object.freeze(value);
  for (const member of Object.values(value)) freeze(member);
}

const DESCRIPTIONS: {
  readonly [type in FlagType]: { readonly visible: FlagDescription; readonly hidden: FlagDescription };
} = {
  boolean: describe('boolean'),
  string: describe('string'),
  number: describe('number'),
  object: describe('object'),
};

function describe(type: FlagType): { visible: FlagDescription; hidden: FlagDescription } {
  return {
    visible: Object.freeze({ type, clientVisible: true }),
    hidden: Object.freeze({ type, clientVisible: false }),
  };
}
