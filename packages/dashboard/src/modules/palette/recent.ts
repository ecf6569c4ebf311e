/** What was last gone to from the palette; kept in this browser. */

export interface Place {
  readonly kind: 'project' | 'environment' | 'flag' | 'segment';
  readonly project: string;
  readonly environment: string | null;
  readonly key: string;
  readonly name: string;
}

const MOST = 6;
const KINDS: ReadonlySet<unknown> = new Set<Place['kind']>(['project', 'environment', 'flag', 'segment']);

export function placeId({ kind, project, environment, key }: Place): string {
  return [kind, project, environment ?? '', key].join('\n');
}

/** With the place in front, each once. */
export function remembered(places: readonly Place[], place: Place): readonly Place[] {
  return [place, ...places.filter((one) => placeId(one) !== placeId(place))].slice(0, MOST);
}

/** Whatever else stands there is passed over. */
export function readPlaces(text: string | null): readonly Place[] {
  try {
    const all: unknown = JSON.parse(text ?? '[]');
    return Array.isArray(all) ? all.filter(isPlace).slice(0, MOST) : [];
  } catch {
    return [];
  }
}

function isPlace(value: unknown): value is Place {
  if (typeof value !== 'object' || value === null) return false;
  const { kind, project, environment, key, name } = value as { readonly [member in keyof Place]?: unknown };
  const isEnvironment = environment === null || typeof environment === 'string';
  return (
    KINDS.has(kind) &&
    typeof project === 'string' &&
    isEnvironment &&
    typeof key === 'string' &&
    typeof name === 'string'
  );
}
