/** How many streams somebody may have open: each asks the database now and then, for as long as it lasts. */
import { Refusal } from '../../platform/refusal.ts';

/** Of one person or token, at one process. A person has one for each open tab. */
export const MOST_STREAMS = 100;

export interface WatchPlaces {
  /**
   * Takes a place for a principal; the answer gives it back, once.
   *
   * @throws {Refusal} `limit_reached`.
   */
  enter(principalId: string): () => void;
}

export function createWatchPlaces(): WatchPlaces {
  const open = new Map<string, number>();
  return {
    enter(principalId) {
      const count = open.get(principalId) ?? 0;
      if (count >= MOST_STREAMS)
        throw new Refusal(
          'limit_reached',
          `You watch ${MOST_STREAMS} times already, which is the most. Close a stream, or a tab of the dashboard, first.`,
        );
      open.set(principalId, count + 1);
      let isIn = true;
      return () => {
        if (!isIn) return;
        isIn = false;
        const left = (open.get(principalId) ?? 1) - 1;
        if (left > 0) open.set(principalId, left);
        else open.delete(principalId);
      };
    },
  };
}
