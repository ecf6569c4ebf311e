/** Looks every second at what is tried. Any number of processes may: each decision is one transaction under a lock. */
import { createFollower } from '@flaghoist/bus';
import type { Logger } from '@flaghoist/runtime/telemetry';
import type { Candidates } from './candidates.ts';

const POLL_MS = 1_000;

export function createCandidateWatch(deps: { readonly candidates: Candidates; readonly logger: Logger }) {
  const { candidates, logger } = deps;
  return createFollower({
    wake: () => candidates.look(),
    pollMs: POLL_MS,
    onError: (error) =>
      logger.warn({ error: (error as Error).message }, 'candidates could not be looked at and will be again'),
  });
}
