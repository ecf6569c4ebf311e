/**
 * What lists show of a flag in an environment. Derived from its entity in the transaction that writes it, whatever command that
 * is (`follow` of the changes module), so that a list parses no configurations.
 */
import type { FlagConfiguration } from '@flaghoist/evaluator';
import { type Queryable, rows, sql, type Tx } from '../../platform/database.ts';
import type { WrittenEntity } from '../changes/index.ts';

export interface FlagState {
  readonly enabled: boolean;
  /** `off`, `rules`, `rollout`, or the name of the variant that everybody gets. */
  readonly serves: string;
  readonly revision: number;
  readonly changedAt: string;
}

export interface StateRow extends FlagState {
  readonly environmentId: string;
  readonly key: string;
}

export function servesOf(configuration: FlagConfiguration): string {
  const { enabled, prerequisites = [], targets = [], rules = [], default: otherwise } = configuration;
  if (!enabled) return 'off';
  if (prerequisites.length + targets.length + rules.length > 0) return 'rules';
  return 'variant' in otherwise ? otherwise.variant : 'rollout';
}

/** The state of a flag as a write leaves it; null: the write archives it. */
export function stateOf({ json, revision, at }: WrittenEntity): FlagState | null {
  if (json === null) return null;
  const configuration = JSON.parse(json) as FlagConfiguration;
  return { enabled: configuration.enabled, serves: servesOf(configuration), revision, changedAt: at };
}

/** Keeps `flag_states` true to what a write wrote. */
export async function followFlags(tx: Tx, written: readonly WrittenEntity[]): Promise<void> {
  const flags = written.filter(({ kind }) => kind === 'flag');
  const gone = flags.filter(({ json }) => json === null);
  const living = flags.flatMap((one) => {
    const state = stateOf(one);
    return state === null ? [] : [{ ...state, environmentId: one.environmentId, key: one.key }];
  });
  if (gone.length > 0)
    await sql`delete from flag_states s using unnest(${gone.map((one) => one.environmentId)}::uuid[],
      ${gone.map(({ key }) => key)}::text[]) as gone (environment_id, key)
      where s.environment_id = gone.environment_id and s.key = gone.key`.execute(tx);
  if (living.length > 0)
    await sql`insert into flag_states (environment_id, key, enabled, serves, revision, changed_at)
      select * from unnest(${living.map((one) => one.environmentId)}::uuid[], ${living.map(({ key }) => key)}::text[],
        ${living.map(({ enabled }) => enabled)}::boolean[], ${living.map(({ serves }) => serves)}::text[],
        ${living.map(({ revision }) => revision)}::bigint[], ${living.map(({ changedAt }) => changedAt)}::timestamptz[])
      on conflict (environment_id, key) do update set enabled = excluded.enabled, serves = excluded.serves,
        revision = excluded.revision, changed_at = excluded.changed_at`.execute(tx);
}

export function selectStates(
  on: Queryable,
  environmentIds: readonly string[],
  keys: readonly string[],
): Promise<StateRow[]> {
  return rows(
    on,
    sql<StateRow>`select environment_id as "environmentId", key, enabled, serves, revision, changed_at as "changedAt"
      from flag_states where environment_id = any(${environmentIds}::uuid[]) and key = any(${keys}::text[])`,
  );
}

/** The newest text of living flags: one in several environments, or all of an environment that hold a text. */
export function selectConfigurations(
  on: Queryable,
  where: ReturnType<typeof sql>,
): Promise<
  { readonly environmentId: string; readonly key: string; readonly json: string; readonly revision: number }[]
> {
  return rows(
    on,
    sql`select s.environment_id as "environmentId", s.key, v.json, s.revision from flag_states s
      join entity_versions v on v.environment_id = s.environment_id and v.kind = 'flag' and v.key = s.key
        and v.revision = s.revision where ${where}`,
  );
}
