import type { FleetEdge, FleetInstance } from '../../api/openapi.d.ts';

type Follower = Pick<FleetEdge | FleetInstance, 'live' | 'lag' | 'problem' | 'host'>;

export type FollowerState = 'current' | 'behind' | 'refuses' | 'gone';

export function stateOf({ live, lag, problem }: Pick<Follower, 'live' | 'lag' | 'problem'>): FollowerState {
  if (!live) return 'gone';
  if (problem !== null) return 'refuses';
  return lag === 0 ? 'current' : 'behind';
}

const RANKS: Readonly<Record<FollowerState, number>> = { refuses: 0, behind: 1, current: 2, gone: 3 };

/** Those that need somebody first, those that are gone last. */
export function byNeed<T extends Follower>(followers: readonly T[]): readonly T[] {
  return [...followers].sort(
    (a, b) =>
      RANKS[stateOf(a)] - RANKS[stateOf(b)] || (b.lag ?? 0) - (a.lag ?? 0) || a.host.localeCompare(b.host, 'en'),
  );
}
