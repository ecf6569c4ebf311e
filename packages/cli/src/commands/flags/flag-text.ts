import type { Condition, IndividualTarget, Prerequisite, Rule } from '@flaghoist/evaluator';
import type { EvaluationCounts, Flag, FlagConfigurationResource } from '@flaghoist/protocol/management';
import { describeServe } from '../../input/rollout.ts';
import { describeCondition } from '../../output/condition-text.ts';
import type { Reporter } from '../../output/reporter.ts';
import type { Cell } from '../../output/table.ts';

/** One row a flag, with its state in every environment, or in one. */
export function flagTable(flags: readonly Flag[], environment: string | undefined, reporter: Reporter): string {
  const environments = environment === undefined ? environmentsOf(flags) : [environment];
  const rows = flags.map((flag) => [
    flag.lifecycle === 'archived' ? `${flag.key} (archived)` : flag.key,
    flag.type,
    ...environments.map((name) => stateIn(flag, name, reporter)),
    flag.owner,
    flag.tags.join(','),
  ]);
  return reporter.table(['KEY', 'TYPE', ...environments, 'OWNER', 'TAGS'], rows);
}

export function flagText(flag: Flag, reporter: Reporter): string {
  const head = reporter.list([
    ['key', flag.key],
    ['project', flag.project],
    ['name', flag.name],
    ['type', flag.type],
    ['variants', flag.variants.join(', ')],
    ['description', flag.description],
    ['owner', flag.owner],
    ['tags', flag.tags.join(', ')],
    ['lifecycle', flag.lifecycle],
    ['created', flag.createdAt],
    ['changed', flag.changedAt],
    ['version', String(flag.version)],
  ]);
  const rows = flag.environments.map(({ environment, serves, revision, changedAt }) => [
    environment,
    stateIn(flag, environment, reporter),
    serves,
    String(revision),
    changedAt,
  ]);
  return rows.length === 0
    ? head
    : `${head}\n${reporter.table(['ENVIRONMENT', 'STATE', 'SERVES', 'REVISION', 'CHANGED'], rows)}`;
}

export function configurationText(configuration: FlagConfigurationResource, reporter: Reporter): string {
  const prerequisites = configuration.prerequisites as readonly Prerequisite[];
  const targets = configuration.targets as readonly IndividualTarget[];
  const rules = configuration.rules as readonly Rule[];
  const lines: (readonly [string, Cell])[] = [
    ['key', configuration.key],
    ['environment', `${configuration.environment} of ${configuration.project}`],
    ['state', state(configuration.enabled, reporter)],
    ['type', configuration.type],
    ...Object.entries(configuration.variants).map(
      ([name, value]) => [`variant ${name}`, JSON.stringify(value)] as const,
    ),
    ['client visible', configuration.clientVisible ? 'yes' : 'no'],
    ...prerequisites.map(({ flag, variants }) => [`needs ${flag}`, variants.join(' or ')] as const),
    ...targets.map(({ variant, keys }) => [`target ${variant}`, keys.join(', ')] as const),
    ...rules.map(
      (rule) => [`rule ${rule.id}`, `${describeAll(rule.conditions)} -> ${describeServe(rule.serve)}`] as const,
    ),
    ['otherwise', describeServe(configuration.default)],
    ['while off', configuration.offVariant ?? 'no value (the application’s default)'],
    ['revision', String(configuration.revision)],
  ];
  return reporter.list(lines);
}

/** What was served in the interval, one row an answer. */
export function countsText(counts: EvaluationCounts, reporter: Reporter): string {
  if (counts.items.length === 0) return '\nNobody asked for it in the last hour.\n';
  const rows = counts.items.map(({ variant, reason, rule, count }) => [
    variant ?? '(default of the application)',
    reason,
    rule ?? '',
    String(count),
  ]);
  const table = reporter.table(['SERVED IN THE LAST HOUR', 'REASON', 'RULE', 'TIMES'], rows);
  const incomplete = counts.missing > 0 || counts.dropped > 0;
  const note = `${counts.missing} batches are missing and ${counts.dropped} evaluations were dropped in this environment.\n`;
  return `\n${table}${incomplete ? note : ''}`;
}

function describeAll(conditions: readonly Condition[]): string {
  return conditions.map((condition) => describeCondition(condition)).join(' and ');
}

function environmentsOf(flags: readonly Flag[]): readonly string[] {
  return [...new Set(flags.flatMap((flag) => flag.environments.map(({ environment }) => environment)))];
}

function stateIn(flag: Flag, environment: string, reporter: Reporter): Cell {
  const found = flag.environments.find((one) => one.environment === environment);
  return found === undefined ? '-' : state(found.enabled, reporter);
}

function state(enabled: boolean, { colors }: Reporter): Cell {
  return enabled ? { text: 'on', style: colors.green } : { text: 'off', style: colors.dim };
}
