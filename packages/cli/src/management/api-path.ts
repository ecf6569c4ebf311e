/** A path below `/api/v1`; every inserted text becomes one escaped segment. Insert only checked keys and ids: `..` is not escaped. */
export function apiPath(strings: TemplateStringsArray, ...segments: readonly string[]): string {
  return String.raw({ raw: strings }, ...segments.map((segment) => encodeURIComponent(segment)));
}

export type Query = { readonly [name: string]: string | number | boolean | undefined };

/** `path?name=value`, leaving out what is undefined. */
export function withQuery(path: string, query: Query): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined) parameters.append(name, String(value));
  }
  const text = parameters.toString();
  return text === '' ? path : `${path}?${text}`;
}
