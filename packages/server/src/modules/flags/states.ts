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

/** A state with the environment that people know it by. */
export interface NamedState extends FlagState {
  readonly environment: string;
}

/** The states of one flag, member by member. */
interface StatesRow {
  readonly key: string;
  /** Of the environments in the list that was asked for, the first 1. */
  readonly places: readonly number[];
  readonly enabled: readonly boolean[];
  readonly serves: readonly string[];
  readonly revisions: readonly number[];
  /** Milliseconds since 1970. */
  readonly times: readonly number[];
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

/**
 * The states of flags in some environments, by flag key, in the order of the environments. A page of flags has thousands: one
 * row for each flag is read in a quarter of the time that one for each state takes.
 */
export async function selectStates(
  on: Queryable,
  environments: readonly { readonly id: string; readonly key: string }[],
  keys: readonly string[],
): Promise<ReadonlyMap<string, readonly NamedState[]>> {
  const ids = sql`${environments.map(({ id }) => id)}::uuid[]`;
  const found = await rows(
    on,
    sql<StatesRow>`select key, json_agg(array_position(${ids}, environment_id)) as places, json_agg(enabled) as enabled,
        json_agg(serves) as serves, json_agg(revision) as revisions,
        json_agg((extract(epoch from changed_at) * 1000)::bigint) as times
      from flag_states where environment_id = any(${ids}) and key = any(${keys}::text[]) group by key`,
  );
  return new Map(found.map((row) => [row.key, statesOf(row, environments)]));
}

function statesOf(
  { places, enabled, serves, revisions, times }: StatesRow,
  environments: readonly { readonly key: string }[],
): readonly NamedState[] {
  const at = new Map(places.map((place, i) => [place, i]));
  return environments.flatMap(({ key: environment }, place) => {
    const i = at.get(place + 1);
    if (i === undefined) return [];
    const [isOn, served, revision, time] = [enabled[i], serves[i], revisions[i], times[i]];
    if (isOn === undefined || served === undefined || revision === undefined || time === undefined) return [];
    return [{ environment, enabled: isOn, serves: served, revision, changedAt: new Date(time).toISOString() }];
  });
}

/**
 * The newest text of living flags: one in several environments, or all of an environment that hold a text. Versions are found by
 * an index in the database's own collation, states by one in another.
 */
export function selectConfigurations(
  on: Queryable,
  where: ReturnType<typeof sql>,
): Promise<
  { readonly environmentId: string; readonly key: string; readonly json: string; readonly revision: number }[]
> {
  return rows(
    on,
    sql`select s.environment_id as "environmentId", s.key, v.json, s.revision from flag_states s
      join entity_versions v on v.environment_id = s.environment_id and v.kind = 'flag' and v.revision = s.revision
        and v.key = s.key collate "default" where ${where}`,
  );
}
