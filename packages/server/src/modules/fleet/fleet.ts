/** Reading the fleet. What is live and how long ago something was is told by the database's clock. */
import { EDGE_LIVES_MS, INSTANCE_LIVES_MS, type ReceiptPlace } from '@flaghoist/protocol/exposures';
import type { DeliveryResource, FleetResource, FollowerShare } from '@flaghoist/protocol/management';
import { affected, type Db, rows, sql } from '../../platform/database.ts';
import type { ChangeRecord, Changes } from '../changes/index.ts';
import type { WithheldReads } from '../publishing/index.ts';
import { type Counting, readCounting } from './counting.ts';
import { instanceSamples, percentile, type Sample } from './latency.ts';
import { readEvidence } from './canaries.ts';
import { type EdgeRow, edgesAt, instancesAt, type InstanceRow, laggardsAt, separate } from './live-followers.ts';
import { MOST_INSTANCES } from './receipt-folder.ts';

const FORGOTTEN_AFTER_HOURS = 24;
/** Revisions of an environment whose deliveries are kept. */
const MEASURED_REVISIONS = 200;

const seconds = (ms: number) => sql`make_interval(secs => ${ms / 1_000}::double precision)`;

export type Fleet = ReturnType<typeof createFleet>;

export function createFleet(deps: { readonly db: Db; readonly changes: Changes; readonly withheld: WithheldReads }) {
  const { db, changes, withheld } = deps;

  return {
    /** Everybody known of one environment. */
    async show(environment: { readonly id: string; readonly key: string }): Promise<FleetResource> {
      const { id, key } = environment;
      const { epoch, revision } = (await changes.line(id)) ?? { epoch: 1, revision: 0 };
      const place = [epoch, revision] as const;
      const edges = await readEdges(db, id);
      const { newest, outdated } = separate(await readInstances(db, id));
      const lagOf = (at: { readonly epoch: number | null; readonly revision: number | null }) =>
        at.epoch === epoch && at.revision !== null ? Math.max(0, revision - at.revision) : null;
      return {
        environment: key,
        epoch,
        revision,
        withheld: await withheld.inEnvironment(id),
        edges: edges.map((edge) => ({ ...showEdge(edge), lag: lagOf(edge) })),
        instances: [...newest.values()].map((one) => ({ ...one, lag: lagOf(one) })),
        live: await readShares(db, id, place, edges, outdated),
      };
    },

    /** How far a change has come in environments that may be seen. */
    async delivery(
      change: Pick<ChangeRecord, 'id' | 'revisions'>,
      environments: readonly { readonly id: string; readonly key: string }[],
    ): Promise<DeliveryResource> {
      const keyOf = new Map(environments.map(({ id, key }) => [id, key]));
      const problems = await withheld.ofChange(change.id);
      const shown: DeliveryResource['environments'] = [];
      for (const { environmentId, epoch, revision } of change.revisions) {
        const place = [epoch, revision] as const;
        const edges = await readEdges(db, environmentId);
        // An instance is known twice only where there are two edges.
        const several = edges.filter(({ live }) => live).length > 1;
        const { newest, outdated } = separate(several ? await readInstances(db, environmentId) : []);
        shown.push({
          environment: keyOf.get(environmentId) ?? environmentId,
          epoch,
          revision,
          withheld: problems.get(environmentId) ?? null,
          ...(await readShares(db, environmentId, place, edges, outdated)),
          laggards: [...laggardsAt(edges, newest, place)],
        });
      }
      return { change: change.id, environments: shown };
    },

    /** What canary edges say, for whoever judges what is tried there. */
    evidence: (environmentId: string, since: string) => readEvidence(db, environmentId, since),

    /** Housekeeping. */
    async forgetOld(): Promise<number> {
      const old = sql`now() - make_interval(hours => ${FORGOTTEN_AFTER_HOURS})`;
      return (
        (await affected(db, sql`delete from fleet_edges where seen_at < ${old}`)) +
        (await affected(db, sql`delete from fleet_instances where seen_at < ${old}`)) +
        (await affected(
          db,
          sql`delete from fleet_deliveries d where at < ${old} or revision <= (
            select max(revision) - ${MEASURED_REVISIONS} from fleet_deliveries m where m.environment_id = d.environment_id and m.epoch = d.epoch)`,
        ))
      );
    },
  };
}

function showEdge(one: EdgeRow) {
  const { edge, version, host, epoch, revision, appliedAt, ageMs, problem, live, seenAt, uncounted, canary } = one;
  const instances = one.counts.reduce((sum, [, , counted]) => sum + counted, one.older);
  return {
    edge,
    version,
    host,
    epoch,
    revision,
    appliedAt,
    ageMs,
    problem,
    live,
    seenAt,
    instances,
    uncounted,
    canary,
  };
}

async function readEdges(db: Db, environmentId: string): Promise<readonly EdgeRow[]> {
  const found = await rows(
    db,
    sql<Omit<EdgeRow, 'counts' | 'laggards'> & { counts: string; laggards: string }>`
      select edge, version, host, epoch, revision, applied_at as "appliedAt", age_ms as "ageMs", problem, counts, older, uncounted,
        laggards, seen_at as "seenAt", seen_at > now() - ${seconds(EDGE_LIVES_MS)} as live,
        canary is not null as canary
      from fleet_edges where environment_id = ${environmentId}::uuid order by live desc, host, edge`,
  );
  return found.map((one) => ({
    ...one,
    counts: JSON.parse(one.counts) as EdgeRow['counts'],
    laggards: JSON.parse(one.laggards) as EdgeRow['laggards'],
  }));
}

async function readInstances(db: Db, environmentId: string): Promise<readonly InstanceRow[]> {
  return rows(
    db,
    sql<InstanceRow>`select i.edge, i.instance, i.sdk, i.host, i.epoch, i.revision, i.applied_at as "appliedAt", i.age_ms as "ageMs",
        i.problem, i.seen_at as "seenAt", coalesce(e.seen_at > now() - ${seconds(EDGE_LIVES_MS)}, false)
          and i.seen_at > now() - ${seconds(INSTANCE_LIVES_MS)} as live
      from fleet_instances i left join fleet_edges e using (environment_id, edge)
      where i.environment_id = ${environmentId}::uuid order by live desc, i.host, i.instance, i.edge limit ${MOST_INSTANCES}`,
  );
}

async function readShares(
  db: Db,
  environmentId: string,
  place: ReceiptPlace,
  edges: readonly EdgeRow[],
  outdated: readonly InstanceRow[],
): Promise<Counting & { edges: FollowerShare; instances: FollowerShare; uncounted: number }> {
  const [epoch, revision] = place;
  const found = await rows(
    db,
    sql<{ edgeMs: number; histogram: string }>`select edge_ms as "edgeMs", histogram from fleet_deliveries
      where environment_id = ${environmentId}::uuid and epoch = ${epoch} and revision = ${revision}`,
  );
  const ofInstances = found.flatMap(({ edgeMs, histogram }) =>
    instanceSamples(edgeMs, JSON.parse(histogram) as readonly (readonly [number, number])[]),
  );
  const ofEdges = found.map(({ edgeMs }) => ({ ms: edgeMs, followers: 1 }));
  return {
    edges: { ...edgesAt(edges, place), ...percentiles(ofEdges) },
    instances: { ...instancesAt(edges, outdated, place), ...percentiles(ofInstances) },
    ...(await readCounting(db, environmentId)),
    uncounted: edges.filter(({ live }) => live).reduce((sum, { uncounted }) => sum + uncounted, 0),
  };
}

function percentiles(samples: readonly Sample[]) {
  return { p50Ms: percentile(samples, 0.5), p99Ms: percentile(samples, 0.99) };
}
