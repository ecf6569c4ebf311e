/** Reading what canary edges say. Ages are told by the database's clock. */
import type { CanarySaid } from '@flaghoist/protocol/exposures';
import { type Db, row, rows, sql } from '../../platform/database.ts';
import { readCounting } from './counting.ts';
import { MOST_INSTANCES } from './receipt-folder.ts';

export interface CanaryEdgeRow {
  readonly edge: string;
  readonly host: string;
  readonly said: CanarySaid;
  /** Since it was last heard of, at the moment when receipts were last worked off: a worker that stands still silences nobody. */
  readonly silentMs: number;
  readonly seenAt: string;
}

/** An instance whose newest receipt came by a canary edge. */
export interface CanaryInstanceRow {
  readonly host: string;
  /** The candidate that it answers from; null: a revision. */
  readonly number: number | null;
  /** As that of an edge. */
  readonly silentMs: number;
}

export interface CanaryEvidence {
  /** As `Counting.known`. */
  readonly isCounted: boolean;
  /** Since the candidate was made, or made anew, when receipts were last worked off. */
  readonly ageMs: number;
  readonly canaries: readonly CanaryEdgeRow[];
  /** Of those that are known by name. */
  readonly instances: readonly CanaryInstanceRow[];
}

const MOST_CANARIES = 100;

export async function readEvidence(db: Db, environmentId: string, since: string): Promise<CanaryEvidence> {
  const { known } = await readCounting(db, environmentId);
  const age = await row(
    db,
    sql<{
      ms: number;
    }>`select greatest(0, extract(epoch from at - ${since}::timestamptz) * 1000)::double precision as ms from fleet_counting`,
  );
  const found = await rows(
    db,
    sql<Omit<CanaryEdgeRow, 'said'> & { said: string }>`select edge, host, canary as said, seen_at as "seenAt",
        greatest(0, extract(epoch from (select at from fleet_counting) - seen_at) * 1000)::double precision as "silentMs"
      from fleet_edges where environment_id = ${environmentId}::uuid and canary is not null
      order by seen_at desc limit ${MOST_CANARIES}`,
  );
  const canaries = found.map((one) => ({ ...one, said: JSON.parse(one.said) as CanarySaid }));
  const instances = canaries.length === 0 ? [] : await readInstances(db, environmentId, canaries);
  return { isCounted: known, ageMs: age?.ms ?? 0, canaries, instances };
}

/** Behind a load balancer several edges know an instance: what counts is who heard of it last. */
function readInstances(
  db: Db,
  environmentId: string,
  canaries: readonly Pick<CanaryEdgeRow, 'edge'>[],
): Promise<readonly CanaryInstanceRow[]> {
  return rows(
    db,
    sql<CanaryInstanceRow>`select host, candidate as number,
        greatest(0, extract(epoch from (select at from fleet_counting) - seen_at) * 1000)::double precision as "silentMs"
      from (
        select distinct on (instance) edge, host, candidate, seen_at from fleet_instances
        where environment_id = ${environmentId}::uuid order by instance, seen_at desc
      ) as newest where edge = any(${canaries.map(({ edge }) => edge)}::text[]) order by seen_at limit ${MOST_INSTANCES}`,
  );
}
