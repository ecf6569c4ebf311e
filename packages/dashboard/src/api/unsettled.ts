/**
 * Writes whose outcome is not known. A person who sends the very same thing again wants to know what became of it, not to
 * do it twice: it is sent with the Idempotency-Key that it had.
 */
import { describeRequest } from './same-request.ts';

const MOST = 50;

export interface Settling {
  readonly key: string;
  /** The server said what became of it: the same thing sent once more is another one. */
  settled(): void;
}

export interface Unsettled {
  /** The key of an earlier attempt at the same request, else the one that is given. Not settled until that is said. */
  begin(request: Request, key: string | (() => string)): Promise<Settling>;
}

/** In memory of the page. Of more than fifty the oldest are forgotten. */
export function createUnsettled(): Unsettled {
  const keys = new Map<string, string>();
  return {
    async begin(request, given) {
      const asked = await describeRequest(request);
      const key = keys.get(asked) ?? (typeof given === 'string' ? given : given());
      keys.delete(asked);
      keys.set(asked, key);
      const [oldest] = keys.keys();
      if (keys.size > MOST && oldest !== undefined) keys.delete(oldest);
      return { key, settled: () => void keys.delete(asked) };
    },
  };
}
