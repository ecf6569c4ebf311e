/** Notices that the servers have lost what was in the log, or may have. */
import { createFollower, type StartTimer } from '../follower.ts';
import type { Connection } from './connection.ts';
import type { Look } from './log-stream.ts';

const LOOK_MS = 1_000;

export interface LogLossDeps {
  readonly connection: Pick<Connection, 'breakCount'>;
  /** Makes a log that is missing. */
  readonly look: () => Promise<Pick<Look, 'life' | 'lastSeq' | 'gone'>>;
  readonly startTimer?: StartTimer;
}

/**
 * Calls `tell` once it watches, within some two seconds after a log was lost, whole or in part, and whenever servers can be
 * asked again that could not for a while: it may be for nothing. The answer ends that.
 */
export function watchLoss({ connection, look, startTimer }: LogLossDeps, tell: () => void): () => Promise<void> {
  let seen: (Pick<Look, 'lastSeq' | 'gone'> & { readonly life: string; readonly breakCount: number }) | null = null;
  let isInDoubt = true;
  const follower = createFollower({
    async wake() {
      const { breakCount } = connection;
      const { life, lastSeq, gone } = await look();
      if (seen !== null)
        isInDoubt ||=
          seen.life !== life.name || seen.lastSeq > lastSeq || seen.gone < gone || seen.breakCount !== breakCount;
      seen = { life: life.name, lastSeq, gone, breakCount };
      if (isInDoubt) tell();
      isInDoubt = false;
    },
    pollMs: LOOK_MS,
    // The connection says itself that it is away.
    onError: () => {
      isInDoubt = true;
    },
    ...(startTimer === undefined ? {} : { startTimer }),
  });
  return () => follower.stop();
}
