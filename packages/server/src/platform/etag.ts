/** Lost updates are refused: an edit says, with If-Match, which version it was made on. */
import { Refusal } from './refusal.ts';

export function etag(version: number): string {
  return `"${version}"`;
}

/** Throws unless If-Match names the current version (or `*`: whichever). */
export function requireMatch(ifMatch: string | undefined, current: number, what: string): void {
  if (ifMatch === undefined || ifMatch.trim() === '')
    throw new Refusal(
      'if_match_missing',
      `Read ${what} first, then send its ETag as If-Match, so that nobody else's edit is overwritten.`,
      { headers: { etag: etag(current) } },
    );
  const tags = ifMatch.split(',').map((tag) => tag.trim());
  if (!tags.includes('*') && !tags.includes(etag(current)))
    throw new Refusal(
      'precondition_failed',
      `${what} is at ${etag(current)} now; you sent ${ifMatch}. Read it again, and repeat your edit on what you find.`,
      {
        headers: { etag: etag(current) },
      },
    );
}
