import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { Boxes, Flag, Layers, type LucideIcon, Users } from 'lucide-react';
import { searchQuery } from '../../api/queries/search.ts';
import { useKept } from '../../ui/use-kept.ts';
import { useLate } from '../../ui/use-late.ts';
import type { PaletteItem } from './palette-items.ts';
import { type Place, placeId, readPlaces, remembered } from './recent.ts';

const ICONS: Readonly<Record<Place['kind'], LucideIcon>> = {
  project: Boxes,
  environment: Layers,
  flag: Flag,
  segment: Users,
};
const GROUPS: Readonly<Record<Place['kind'], string>> = {
  project: 'Projects',
  environment: 'Environments',
  flag: 'Flags',
  segment: 'Segments',
};
const REST_MS = 120;

export interface Places {
  readonly recent: readonly PaletteItem[];
  readonly found: readonly PaletteItem[];
  readonly isSearching: boolean;
  readonly error: Error | null;
}

/** What the server finds everywhere, and what was last gone to from here. */
export function usePlaces(query: string, project: string | null): Places {
  const asked = useLate(query.trim(), REST_MS);
  const everywhere = useQuery({
    ...searchQuery(asked, null),
    enabled: asked !== '',
    placeholderData: (before) => before,
  });
  // The best of everywhere may all lie elsewhere.
  const here = useQuery({
    ...searchQuery(asked, project),
    enabled: asked !== '' && project !== null,
    placeholderData: (before) => before,
  });
  const [text, keep] = useKept('flaghoist-recent');
  const navigate = useNavigate();
  const places = readPlaces(text);

  function go(place: Place): void {
    keep(JSON.stringify(remembered(places, place)));
    const { kind, key, environment } = place;
    const search = environment === null ? {} : { env: environment };
    if (kind === 'flag')
      void navigate({ to: '/projects/$project/flags/$flag', params: { project: place.project, flag: key } });
    else if (kind === 'segment')
      void navigate({
        to: '/projects/$project/segments/$segment',
        params: { project: place.project, segment: key },
        search,
      });
    else void navigate({ to: '/projects/$project/flags', params: { project: place.project }, search });
  }
  const show = (place: Place, group: string): PaletteItem => ({
    id: `${group} ${placeId(place)}`,
    group,
    label: place.name,
    hint: [
      place.key === place.name ? '' : place.key,
      place.project === project ? '' : place.project,
      place.kind === 'segment' ? place.environment : '',
    ]
      .filter((part) => part !== '' && part !== null)
      .join(' · '),
    icon: ICONS[place.kind],
    run: () => go(place),
  });
  const found =
    asked === '' || query.trim() === '' ? [] : together(here.data?.items ?? [], everywhere.data?.items ?? []);
  return {
    recent: places.map((place) => show(place, 'Last gone to')),
    found: found.map((place) => show(place, GROUPS[place.kind])),
    isSearching: query.trim() !== '' && (everywhere.isFetching || here.isFetching || asked !== query.trim()),
    error: everywhere.error ?? here.error,
  };
}

/** This project first; the server's order otherwise. */
function together(here: readonly Place[], everywhere: readonly Place[]): readonly Place[] {
  const known = new Set(here.map(placeId));
  return [...here, ...everywhere.filter((place) => !known.has(placeId(place)))];
}
