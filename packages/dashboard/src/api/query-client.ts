import { QueryClient } from '@tanstack/react-query';
import { ApiProblem } from './problem.ts';
import { keys } from './queries/keys.ts';

const MOST_RETRIES = 3;
const LONGEST_DELAY_MS = 8_000;

/** Whether asking again may help: not after a refusal. */
export function isWorthRetrying(failures: number, error: unknown): boolean {
  if (failures >= MOST_RETRIES || !(error instanceof ApiProblem)) return false;
  return error.code === 'offline' || error.status === 429 || error.status >= 500;
}

/** What was read stays fresh until the watch stream says that it changed, or half a minute. */
export function createQueryClient(random: () => number = Math.random): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: 30_000,
        retry: isWorthRetrying,
        retryDelay: (failures) => Math.min(LONGEST_DELAY_MS, 500 * 2 ** failures) * (0.5 + random() / 2),
      },
      // The transport repeats writes itself, with the same Idempotency-Key.
      mutations: { retry: false },
    },
  });
}

/** After a refusal for want of rights: somebody took them since the session was read, so it is read again, and pages offer what is left. */
export function readRightsAgain(client: QueryClient): void {
  void client.invalidateQueries({ queryKey: keys.session });
}
