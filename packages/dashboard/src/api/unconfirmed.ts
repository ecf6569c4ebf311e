/**
 * Writes that take a large part of an environment away, or double it, are refused until they are confirmed. Whoever reads
 * the refusal and sends the very same thing once more has confirmed it.
 */
import { describeRequest } from './same-request.ts';

const MOST = 20;
/** What was refused longer ago is asked about anew: nobody has that in mind any more. */
const REMEMBERED_MS = 120_000;
const HEADER = 'flaghoist-confirm';

export interface Unconfirmed {
  /** The request as it is to be sent: with what its sender has confirmed. */
  confirmed(request: Request): Promise<Request>;
  /** The server wants this one confirmed, by that word. */
  refused(request: Request, word: string): Promise<void>;
}

/** In memory of the page. `now`: milliseconds. */
export function createUnconfirmed(now: () => number): Unconfirmed {
  const refusals = new Map<string, { readonly words: readonly string[]; readonly until: number }>();

  /** What the request is without its confirmations. */
  function bare(request: Request): Promise<string> {
    const headers = new Headers(request.headers);
    headers.delete(HEADER);
    return describeRequest(new Request(request.clone(), { headers }));
  }

  return {
    async confirmed(request) {
      const refusal = refusals.get(await bare(request));
      if (refusal === undefined || refusal.until < now()) return request;
      const headers = new Headers(request.headers);
      headers.set(HEADER, refusal.words.join(', '));
      return new Request(request.clone(), { headers });
    },
    async refused(request, word) {
      const asked = await bare(request);
      const before = request.headers.get(HEADER)?.split(', ') ?? [];
      refusals.delete(asked);
      refusals.set(asked, { words: [...before, word], until: now() + REMEMBERED_MS });
      const [oldest] = refusals.keys();
      if (refusals.size > MOST && oldest !== undefined) refusals.delete(oldest);
    },
  };
}
