/**
 * "At least revision N": how a caller says that an answer must not come from an older ruleset than one that somebody saw.
 *
 * A token names a place: `environment:epoch.revision`, or `epoch.revision` where the key says which environment is meant.
 * The request header `Flaghoist-At-Least` is a token and what to do when it is not reached yet: `1.42; wait=250; else=stale`.
 * `wait`: milliseconds that may be waited, 500 if it says nothing, 5,000 at most. `else`: `refuse` (409, if it says nothing)
 * or `stale` (whatever there is).
 * W3C `baggage` carries the same from service to service, a member for each environment:
 * `flaghoist-at-least=<environment>:1.42;wait=250`. Members of other environments, and such as cannot be read, mean nothing.
 * The header goes before baggage.
 */
import { type Cursor, formatCursor, parseCursor } from './head.ts';

export const AT_LEAST_HEADER = 'flaghoist-at-least';
export const AT_LEAST_WAIT_MS = 500;
export const AT_LEAST_LONGEST_MS = 5_000;

export interface AtLeast {
  readonly cursor: Cursor;
  /** Milliseconds, 0 to 5,000. */
  readonly waitMs: number;
  readonly otherwise: 'refuse' | 'stale';
}

export interface Token {
  /** Id of the environment; null: that of the key. */
  readonly environment: string | null;
  readonly cursor: Cursor;
}

export function formatToken(environment: string, cursor: Cursor): string {
  return `${environment}:${formatCursor(cursor)}`;
}

/** Null when the text is not a token. */
export function parseToken(text: string): Token | null {
  const token = parsePosition(text);
  return token?.cursor.candidate === undefined ? token : null;
}

/** Where a follower of an environment is, which may hold a candidate: no token says that. Null when the text says no place. */
export function parsePosition(text: string): Token | null {
  const at = text.lastIndexOf(':');
  const cursor = parseCursor(text.slice(at + 1));
  if (cursor === null || at === 0) return null;
  return { environment: at < 0 ? null : text.slice(0, at), cursor };
}

/** What a request asks for in this environment; null: nothing. `unreadable`: the header is not as above, or of elsewhere. */
export function readAtLeast(
  asked: { readonly header: string | undefined; readonly baggage: string | undefined },
  environment: string,
): AtLeast | 'unreadable' | null {
  if (asked.header !== undefined) return parse(asked.header, environment) ?? 'unreadable';
  // Baggage of everybody passes here: most of it is not ours.
  if (asked.baggage?.includes(AT_LEAST_HEADER) !== true) return null;
  for (const member of asked.baggage.split(',')) {
    const [, value] = MEMBER.exec(member) ?? [];
    const found = value === undefined ? null : parse(decoded(value), environment);
    if (found !== null) return found;
  }
  return null;
}

const MEMBER = new RegExp(`^\\s*${AT_LEAST_HEADER}\\s*=(.*)$`);

function parse(text: string, environment: string): AtLeast | null {
  const [first = '', ...parameters] = text.split(';').map((part) => part.trim());
  const token = parseToken(first);
  if (token === null || (token.environment ?? environment) !== environment) return null;
  let waitMs = AT_LEAST_WAIT_MS;
  let otherwise: AtLeast['otherwise'] = 'refuse';
  for (const parameter of parameters) {
    const wait = /^wait=(\d{1,9})$/.exec(parameter)?.[1];
    if (wait !== undefined) waitMs = Math.min(Number(wait), AT_LEAST_LONGEST_MS);
    else if (parameter === 'else=stale' || parameter === 'else=refuse')
      otherwise = parameter.slice(5) as AtLeast['otherwise'];
    else return null;
  }
  return { cursor: token.cursor, waitMs, otherwise };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return '';
  }
}
