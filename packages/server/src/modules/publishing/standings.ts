/** What the database says of environments that are taken up: of one, or of many with three questions. */
import type { Changes } from '../changes/index.ts';
import type { Publication } from './line.ts';
import type { Place } from './message-ids.ts';
import type { PublicationStore } from './store.ts';
import { NOTHING_WITHHELD, type Withheld } from './withheld.ts';

export interface Standing {
  /** Its newest revision; null: there is no such environment. */
  readonly line: Place | null;
  readonly withheld: Withheld;
  /** The text of the head that was published; undefined: it was not read, or is missing. */
  readonly head: string | undefined;
}

interface StandingDeps {
  readonly store: Pick<PublicationStore, 'readWithheld' | 'readWithholding' | 'readHeads'>;
  readonly changes: Pick<Changes, 'line' | 'lines'>;
}

export async function readStanding(
  { store, changes }: StandingDeps,
  environmentId: string,
  at: Publication,
): Promise<Standing> {
  const withheld = await store.readWithheld(environmentId, at.revision);
  return { line: (await changes.line(environmentId)) ?? null, withheld, head: undefined };
}

/** Of those that were published, for whoever puts them on the bus again: one by one they cost the database three times as much. */
export async function readStandings(
  { store, changes }: StandingDeps,
  environmentIds: readonly string[],
  publications: ReadonlyMap<string, Publication>,
): Promise<ReadonlyMap<string, Standing>> {
  const withholding = await store.readWithholding();
  const lines = new Map((await changes.lines()).map((line) => [line.environmentId, line]));
  const heads = await store.readHeads(environmentIds);
  const standings = new Map<string, Standing>();
  for (const environmentId of environmentIds) {
    const at = publications.get(environmentId);
    if (at === undefined) continue;
    const withheld = withholding.has(environmentId)
      ? await store.readWithheld(environmentId, at.revision)
      : NOTHING_WITHHELD;
    const head = heads.get(environmentId);
    const isOf = head !== undefined && head.epoch === at.epoch && head.revision === at.revision;
    standings.set(environmentId, {
      line: lines.get(environmentId) ?? null,
      withheld,
      head: isOf ? head.text : undefined,
    });
  }
  return standings;
}
