/** Whether what is counted can be believed: receipts were worked off lately, and for so long that every live edge has spoken. */
import { EDGE_EVERY_MS, EDGE_LIVES_MS } from '@flaghoist/protocol/exposures';
import { type Db, row, sql } from '../../platform/database.ts';

export interface Counting {
  /** When receipts were last worked off; null: not since the table was made, or since a crash has emptied it. */
  readonly foldedAt: string | null;
  readonly known: boolean;
}

const SAID_EVERY_MS = 5_000;
/** Every edge has spoken by then, and 5 s are for the way. */
const SPOKEN_WITHIN_MS = EDGE_EVERY_MS + 5_000;

const ago = (ms: number) => sql`(now() - ${ms}::double precision * interval '1 millisecond')`;

/** Receipts are worked off, though there may have been none. After a gap in which edges cease to be live, it begins anew. */
export async function sayCounted(db: Db): Promise<void> {
  await sql`insert into fleet_counting (since, at) values (now(), now())
    on conflict (one) do update set at = now(),
      since = case when fleet_counting.at < ${ago(EDGE_LIVES_MS)} then now() else fleet_counting.since end
    where fleet_counting.at < ${ago(SAID_EVERY_MS)}`.execute(db);
}

/** Of an environment that is younger than the counting nothing can have been missed. */
export async function readCounting(db: Db, environmentId: string): Promise<Counting> {
  const found = await row(
    db,
    sql<Counting>`select at as "foldedAt", at > ${ago(EDGE_LIVES_MS)} and (since < ${ago(SPOKEN_WITHIN_MS)}
        or since < (select created_at from environments where id = ${environmentId}::uuid)) as known
      from fleet_counting`,
  );
  return found ?? { foldedAt: null, known: false };
}
