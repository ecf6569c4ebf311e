/** Answers that were asked for before the program itself was there. */

/** A program that is not there by then asks anew: the answer may be old. */
const KEPT_MS = 20_000;

const begun = new Map<string, Promise<Response>>();

/** Asks for what the first page reads. @param paths With what stands behind `?`, exactly as the query layer will ask. */
export function beginReads(paths: readonly string[]): void {
  for (const path of paths) {
    const answer = fetch(path, { credentials: 'same-origin' });
    // Whoever takes it hears of the failure; nobody may.
    answer.catch(() => undefined);
    begun.set(new URL(path, location.origin).href, answer);
  }
  setTimeout(() => begun.clear(), KEPT_MS);
}

/** The answer to a request that is under way already; null: it has to be sent. Each is given once. */
export function takeRead({ method, url }: Pick<Request, 'method' | 'url'>): Promise<Response> | null {
  const answer = method === 'GET' ? begun.get(url) : undefined;
  begun.delete(url);
  return answer ?? null;
}
