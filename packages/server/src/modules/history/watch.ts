/** Watching: applied changes, told as soon as they are on the bus. */
import type { OrderedLog, Subscription } from '@flaghoist/bus';
import type { ChangeRecord, Changes } from '../changes/index.ts';
import { publishedRevisions } from '../publishing/index.ts';

/** Environment id to the revision told last. */
export type WatchCursor = ReadonlyMap<string, number>;

/** A change to be told, and where a watcher stands who was told it. */
export interface Told {
  readonly change: ChangeRecord;
  readonly cursor: WatchCursor;
}

const AT_ONCE = 100;

export type Watchers = ReturnType<typeof createWatchers>;

export function createWatchers(deps: { readonly log: OrderedLog; readonly changes: Changes }) {
  const { changes, log } = deps;
  const wakers = new Set<() => void>();
  const streams = new Set<() => void>();
  let draining = false;
  let published: WatchCursor = new Map();
  let subscription: Subscription | null = null;

  return {
    start(): void {
      subscription = log.follow(async () => {
        if (wakers.size === 0) return;
        published = await publishedRevisions(log);
        for (const wake of wakers) wake();
      });
    },

    async stop(): Promise<void> {
      await subscription?.stop();
    },

    /** Ends the streams of all watchers, and new ones at once: they connect again, elsewhere. */
    drain(): void {
      draining = true;
      for (const end of streams) end();
    },

    /** A stream was opened, which `end` ends. Returns what to call when it is over. */
    opened(end: () => void): () => void {
      streams.add(end);
      if (draining) end();
      return () => void streams.delete(end);
    },

    /** Calls `wake` whenever something may have been published. */
    onPublished(wake: () => void): () => void {
      wakers.add(wake);
      // What was published while nobody watched was not looked at.
      subscription?.request();
      return () => void wakers.delete(wake);
    },

    /** Where environments stand now. A bus may be ahead of a database that was set back to a backup. */
    async now(environmentIds: readonly string[]): Promise<WatchCursor> {
      const onBus = await publishedRevisions(log);
      const committed = new Map((await changes.lines()).map((line) => [line.environmentId, line.revision]));
      return new Map(environmentIds.map((id) => [id, Math.min(onBus.get(id) ?? 0, committed.get(id) ?? 0)]));
    },

    /**
     * The published changes after a cursor, in order, and the cursor behind them, which may stand further on than the last of them
     * though nothing is to be told; null: there is nothing after it. `visible`: environments whose part of a change is told.
     */
    async after(
      cursor: WatchCursor,
      visible: readonly string[],
    ): Promise<{ readonly told: readonly Told[]; readonly cursor: WatchCursor } | null> {
      const next = new Map(cursor);
      const ids = new Set<string>();
      for (const [environmentId, revision] of cursor) {
        const behind = (published.get(environmentId) ?? 0) - revision;
        if (behind <= 0) continue;
        const revisions = await changes.revisionsAfter(environmentId, revision, Math.min(behind, AT_ONCE));
        for (const { changeId } of revisions) ids.add(changeId);
        next.set(environmentId, revisions.at(-1)?.revision ?? revision);
      }
      if (ids.size === 0) return null;
      return { told: stepsTo(cursor, next, await changes.getMany([...ids], visible)), cursor: next };
    },
  };
}

/**
 * Which changes a step from one cursor to another tells, and the cursor behind each. A change that touches several environments is
 * published in one after the other: it is told at the first step that reaches it anywhere, and not again by a later one that
 * reaches it elsewhere. It follows that no change is told twice or never, because of two changes that touch an environment the later
 * one has the higher number and the higher revision; `changes` are by number.
 */
export function stepsTo(from: WatchCursor, to: WatchCursor, changes: readonly ChangeRecord[]): readonly Told[] {
  const steps: Told[] = [];
  let cursor = from;
  for (const change of changes) {
    const watched = change.revisions.filter(({ environmentId }) => from.has(environmentId));
    if (watched.some(({ environmentId, revision }) => revision <= (from.get(environmentId) ?? 0))) continue;
    const reached = watched.filter(({ environmentId, revision }) => revision <= (to.get(environmentId) ?? 0));
    if (reached.length === 0) continue;
    const places = reached.map(({ environmentId, revision }) => [environmentId, revision] as const);
    cursor = new Map([...cursor, ...places]);
    steps.push({ change, cursor });
  }
  return steps;
}
