/** What can be edited of a flag in one environment. */
import type {
  Condition,
  FlagConfiguration,
  FlagType,
  IndividualTarget,
  JsonValue,
  Prerequisite,
  Rule,
  Serve,
} from '@flaghoist/evaluator';
import { isSame } from './same.ts';

export type Values = { readonly [variant: string]: JsonValue };

export interface Configuration {
  readonly enabled: boolean;
  readonly variants: Values;
  /** Null: an off flag answers without a variant. */
  readonly offVariant: string | null;
  readonly clientVisible: boolean;
  readonly prerequisites: readonly Prerequisite[];
  readonly targets: readonly IndividualTarget[];
  readonly rules: readonly Rule[];
  readonly default: Serve;
}

export type Member = keyof Configuration;

export const MEMBERS: readonly Member[] = [
  'enabled',
  'variants',
  'offVariant',
  'clientVisible',
  'prerequisites',
  'targets',
  'rules',
  'default',
];

/** A configuration as the management API answers it; its lists are not typed there. */
export interface ConfigurationAnswer {
  readonly enabled: boolean;
  readonly variants: { readonly [variant: string]: unknown };
  readonly offVariant: string | null;
  readonly clientVisible: boolean;
  readonly prerequisites: readonly unknown[];
  readonly targets: readonly unknown[];
  readonly rules: readonly unknown[];
  readonly default: unknown;
}

/** The server has checked what it answers with the evaluator's own check, so its lists are what that check accepts. */
export function readConfiguration(answer: ConfigurationAnswer): Configuration {
  return {
    enabled: answer.enabled,
    variants: answer.variants as Values,
    offVariant: answer.offVariant,
    clientVisible: answer.clientVisible,
    prerequisites: answer.prerequisites as readonly Prerequisite[],
    targets: answer.targets as readonly IndividualTarget[],
    rules: answer.rules as readonly Rule[],
    default: answer.default as Serve,
  };
}

/** The entity's own document, as history keeps it: members that say nothing are absent. */
export function readDocument(document: { readonly [member: string]: unknown }): Configuration {
  const { enabled, variants, offVariant, clientVisible, prerequisites, targets, rules } = document;
  return readConfiguration({
    enabled: enabled === true,
    variants: (variants ?? {}) as Values,
    offVariant: typeof offVariant === 'string' ? offVariant : null,
    clientVisible: clientVisible === true,
    prerequisites: Array.isArray(prerequisites) ? prerequisites : [],
    targets: Array.isArray(targets) ? targets : [],
    rules: Array.isArray(rules) ? rules : [],
    default: document['default'],
  });
}

/** The document that the evaluator reads and checks; lists keep their places, so that paths of problems do. */
export function toDocument(key: string, type: FlagType, configuration: Configuration): FlagConfiguration {
  const { offVariant, ...rest } = configuration;
  return { key, type, ...rest, ...(offVariant === null ? {} : { offVariant }) };
}

/** The members of `after` that differ from `before`: what a PATCH has to say. Null: nothing. */
export function editBetween(before: Configuration, after: Configuration): Partial<Configuration> | null {
  const changed = MEMBERS.filter((member) => !isSame(before[member], after[member]));
  if (changed.length === 0) return null;
  return Object.fromEntries(changed.map((member) => [member, after[member]]));
}

/** Every attribute path that the rules and rollouts name, each once. */
export function attributesOf({ rules, default: last }: Configuration): readonly string[] {
  const found = new Set<string>();
  const ofServe = (serve: Serve): void => {
    if ('rollout' in serve && serve.rollout.bucketing.attribute !== undefined)
      found.add(serve.rollout.bucketing.attribute);
  };
  const ofCondition = (condition: Condition): void => {
    if ('attribute' in condition) found.add(condition.attribute);
    else if ('bucket' in condition) found.add(condition.bucket.attribute ?? 'targetingKey');
    else if ('group' in condition) condition.conditions.forEach(ofCondition);
  };
  for (const rule of rules) {
    rule.conditions.forEach(ofCondition);
    ofServe(rule.serve);
  }
  ofServe(last);
  found.delete('');
  return [...found];
}
