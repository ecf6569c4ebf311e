/** Reading what canary edges say. Ages are told by the database's clock. */
import type { CanarySaid } from '@flaghoist/protocol/exposures';
import { type Db, row, rows, sql } from '../../platform/database.ts';
import { readCounting } from './counting.ts';

export interface CanaryEdgeRow {
  readonly edge: string;
  readonly host: string;
  readonly said: CanarySaid;
  /** Since it was last heard of, at the moment when receipts were last worked off: a worker that stands still silences nobody. */
  readonly silentMs: number;
  readonly seenAt: string;
}

export interface CanaryEvidence {
  /** As `Counting.known`. */
  readonly isCounted: boolean;
  /** Since the candidate was made, or made anew, when receipts were last worked off. */
  readonly ageMs: number;
  readonly canaries: readonly CanaryEdgeRow[];
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
  return { isCounted: known, ageMs: age?.ms ?? 0, canaries };
}
