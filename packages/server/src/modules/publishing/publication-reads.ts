/** Where environments are published, for processes that do not publish them. */
import { type Db, rows, sql } from '../../platform/database.ts';

export interface PublicationState {
  /** The newest that was published; 0: none yet. */
  readonly revision: number;
  /** Where the publisher runs that has the environment; null: nobody has it now. */
  readonly publisher: string | null;
  /** What of it is withheld; null: nothing is. */
  readonly problem: string | null;
}

export interface PublicationReads {
  /** Of environments that were published, or are to be. */
  all(): Promise<ReadonlyMap<string, PublicationState>>;
}

export function createPublicationReads(db: Db): PublicationReads {
  return {
    async all() {
      const found = await rows(
        db,
        sql<
          PublicationState & { environmentId: string }
        >`select environment_id as "environmentId", coalesce(p.revision, 0)::int as revision, alive.host as publisher,
            (select min(w.problem) from withheld w where w.environment_id = coalesce(p.environment_id, l.environment_id)) as problem
          from publications p full join publication_leases l using (environment_id)
            left join publishers alive on alive.id = l.publisher and alive.until > clock_timestamp()`,
      );
      return new Map(found.map(({ environmentId, ...state }) => [environmentId, state]));
    },
  };
}
