/**
 * Tells whoever watches a project who is there: one query for all watched projects of this process, a few times a second at most,
 * however many pages report.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { createFollower, type Follower } from '@flaghoist/bus';
import type { Logger } from '@flaghoist/runtime/telemetry';
import type { Database } from '../../platform/database.ts';
import { type OpenPage, type Presence, PRESENCE_CHANNEL } from './presence.ts';

/** Between two looks. */
const REST_MS = 250;
/** What has run out is seen this late at most, since nobody notifies of it. */
const POLL_MS = 5_000;

type Listener = (pages: readonly OpenPage[]) => void;

export interface PresenceHub {
  start(): Promise<void>;
  stop(): Promise<void>;
  /** Calls `tell` with the open pages of a project, soon and at every look after. The answer ends it. */
  watch(projectId: string, tell: Listener): () => void;
}

export function createPresenceHub(deps: {
  readonly presence: Presence;
  readonly listen: Database['listen'];
  readonly logger: Logger;
}): PresenceHub {
  const watched = new Map<string, Set<Listener>>();
  let follower: Follower | null = null;
  let unlisten: () => Promise<void> = async () => undefined;

  async function look(): Promise<void> {
    if (watched.size === 0) return;
    const found = await deps.presence.inProjects([...watched.keys()]);
    for (const [projectId, pages] of found) for (const tell of watched.get(projectId) ?? []) tell(pages);
    await sleep(REST_MS);
  }

  return {
    async start() {
      const onError = (error: unknown): void =>
        deps.logger.warn(
          { error: (error as Error).message },
          'who is present could not be read and will be tried again',
        );
      const started = createFollower({ wake: look, pollMs: POLL_MS, onError });
      follower = started;
      unlisten = await deps.listen(PRESENCE_CHANNEL, () => started.request());
    },

    async stop() {
      await unlisten();
      await follower?.stop();
    },

    watch(projectId, tell) {
      const listeners = watched.get(projectId) ?? new Set<Listener>();
      watched.set(projectId, listeners.add(tell));
      follower?.request();
      return () => {
        listeners.delete(tell);
        if (listeners.size === 0 && watched.get(projectId) === listeners) watched.delete(projectId);
      };
    },
  };
}
