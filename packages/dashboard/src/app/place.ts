/** Where the program was opened, as far as its first requests depend on it. */
export interface Place {
  readonly project: string;
  /** Null: the page is not about a flag. */
  readonly flag: string | null;
  /** Whether it is the flag list, with nothing that narrows it. */
  readonly isWholeList: boolean;
  readonly isList: boolean;
  /** What the address says; null: nothing. */
  readonly environment: string | null;
}

const PLACE = /^\/projects\/([^/]+)(?:\/flags(?:\/([^/]+))?)?/;
const STANDS_ALONE = /^\/(?:sign-in|setup|invitation|password-reset)(?:\/|$)/;

/** Whether a page asks for a session, and which project it is about: `alone`: for neither; null: for a session only. */
export function placeOf({ pathname, search }: Pick<Location, 'pathname' | 'search'>): Place | 'alone' | null {
  if (STANDS_ALONE.test(pathname)) return 'alone';
  const [project, flag] = (PLACE.exec(pathname) ?? []).slice(1).map(decoded);
  if (project === undefined) return null;
  const asked = new URLSearchParams(search);
  const isList = /\/flags\/?$/.test(pathname);
  return {
    project,
    flag: flag === undefined || flag === 'new' ? null : flag,
    isList,
    // What narrows the list is for the page to understand.
    isWholeList: isList && [...asked.keys()].every((member) => member === 'env'),
    environment: asked.get('env'),
  };
}

/** A path that does not decode names nothing; the router says so. */
function decoded(part: string | undefined): string | undefined {
  try {
    return part === undefined ? undefined : decodeURIComponent(part);
  } catch {
    return undefined;
  }
}
