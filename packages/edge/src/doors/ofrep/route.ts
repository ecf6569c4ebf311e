/** Which of OFREP's endpoints a path names. */
export type Route =
  | { readonly name: 'bulk' }
  /** `key` is decoded; null: it is not valid percent-encoding. `raw` is as it came. */
  | { readonly name: 'single'; readonly key: string | null; readonly raw: string }
  | { readonly name: 'unknown' };

const BULK = '/ofrep/v1/evaluate/flags';
const SINGLE = `${BULK}/`;

/** Everything behind `flags/` is the key, slashes included: old providers do not encode it. */
export function parseRoute(path: string): Route {
  if (path === BULK || path === SINGLE) return { name: 'bulk' };
  if (!path.startsWith(SINGLE)) return { name: 'unknown' };
  const raw = path.slice(SINGLE.length);
  return { name: 'single', key: decode(raw), raw };
}

function decode(text: string): string | null {
  if (!text.includes('%')) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}
