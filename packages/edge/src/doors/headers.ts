/** Headers that several doors write or read. */

/** Every answer of an environment says which revision it was made from: `epoch.revision`. */
export const REVISION_HEADER = 'flaghoist-revision';
export const VARY_KEY = 'Authorization, X-API-Key';

/** Whether `If-None-Match` names the tag. Compared weakly: proxies that compress mark tags as weak. */
export function matchesTag(ifNoneMatch: string | undefined, tag: string): boolean {
  if (ifNoneMatch === undefined) return false;
  if (ifNoneMatch === tag) return true;
  return ifNoneMatch.split(',').some((candidate) => {
    const text = candidate.trim();
    return text === '*' || (text.startsWith('W/') ? text.slice(2) : text) === tag;
  });
}

/** As nearly everybody asks for it: among other names, none with a weight. */
const PLAIN_GZIP = /^(?:[a-z]+, ?)*gzip(?:,|$)/;

/** Whether `Accept-Encoding` admits gzip. */
export function acceptsGzip(acceptEncoding: string | undefined): boolean {
  if (acceptEncoding === undefined) return false;
  if (PLAIN_GZIP.test(acceptEncoding)) return true;
  let any = false;
  for (const item of acceptEncoding.toLowerCase().split(',')) {
    const [coding, ...parameters] = item.split(';').map((text) => text.trim());
    const refused = parameters.some((parameter) => /^q=0(\.0{0,3})?$/.test(parameter));
    if (coding === 'gzip' || coding === 'x-gzip') return !refused;
    if (coding === '*') any = !refused;
  }
  return any;
}
