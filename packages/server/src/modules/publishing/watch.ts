/** Watching: applied changes, told as soon as they are on the bus. */
import type { OrderedLog, Subscription } from '@flaghoist/bus';
import type { ChangeResource } from '@flaghoist/protocol/management';
import type { ChangeRecord, Changes } from '../changes/index.ts';
import type { EnvironmentRow, Projects } from '../projects/index.ts';

/** Environment id to the revision told last. */
export type WatchCursor = ReadonlyMap<string, number>;

const AT_ONCE = 100;

export type Watchers = ReturnType<typeof createWatchers>;

export function createWatchers(deps: {
  readonly log: OrderedLog;
  readonly changes: Changes;
  readonly projects: Projects;
}) {
  const { changes, projects } = deps;
  const wakers = new Set<() => void>();
  let subscription: Subscription | null = null;

  return {
    start(): void {
      subscription = deps.log.follow(async () => {
        for (const wake of wakers) wake();
      });
    },

    async stop(): Promise<void> {
      await subscription?.stop();
    },

    /** Calls `wake` whenever something may have been published. */
    onPublished(wake: () => void): () => void {
      wakers.add(wake);
      return () => void wakers.delete(wake);
    },

    /** Where the watched environments stand now. */
    async now(environmentIds: readonly string[]): Promise<WatchCursor> {
      const lines = await changes.lines();
      return new Map(
        lines
          .filter((line) => environmentIds.includes(line.environmentId))
          .map((line) => [line.environmentId, line.revision]),
      );
    },

    /** Changes after a cursor, and the cursor behind them. One that touches several environments may come twice. */
    async after(
      cursor: WatchCursor,
      projectId: string,
    ): Promise<{ readonly changes: readonly ChangeResource[]; readonly cursor: WatchCursor }> {
      const next = new Map(cursor);
      const ids: string[] = [];
      for (const [environmentId, revision] of cursor) {
        const revisions = await changes.revisionsAfter(environmentId, revision, AT_ONCE);
        ids.push(...revisions.map((one) => one.changeId));
        next.set(environmentId, revisions.at(-1)?.revision ?? revision);
      }
      const records = await changes.getMany([...new Set(ids)]);
      const environments = records.length === 0 ? [] : await projects.environments.ofProject(projectId);
      return { changes: records.map((record) => showChange(record, environments)), cursor: next };
    },
  };
}

export function showChange(record: ChangeRecord, environments: readonly EnvironmentRow[]): ChangeResource {
  const keyOf = new Map(environments.map(({ id, key }) => [id, key]));
  const { id, action, state, author, reason, at } = record;
  return {
    id,
    project: environments[0]?.project ?? null,
    action,
    state,
    author,
    reason,
    at,
    revisions: record.revisions.map(({ environmentId, epoch, revision }) => ({
      environment: keyOf.get(environmentId) ?? environmentId,
      epoch,
      revision,
    })),
    entities: record.entities.map(({ environmentId, kind, key, deleted }) => ({
      environment: keyOf.get(environmentId) ?? environmentId,
      kind,
      key,
      deleted,
    })),
  };
}
