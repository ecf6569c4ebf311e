import { useQuery } from '@tanstack/react-query';
import { projectsQuery } from '../../api/queries/projects.ts';
import { sessionQuery } from '../../api/queries/session.ts';
import type { RoleGrant } from '../../api/rights.ts';
import type { Option } from '../../ui/option.ts';
import { INSTALLATION } from './grant-row-editor.tsx';
import { administersInstallation, placesToGive } from './places.ts';

/** Where the person at the screen may give roles, as options; and their own roles, from which that follows. */
export function usePlaces(): { readonly own: readonly RoleGrant[]; readonly places: readonly Option[] } {
  const own = useQuery(sessionQuery).data?.grants ?? [];
  const projects = useQuery(projectsQuery).data ?? [];
  const whole: readonly Option[] = administersInstallation(own)
    ? [{ value: INSTALLATION, label: 'Every project', hint: 'Also those that are made later' }]
    : [];
  const some = placesToGive(own, projects).map(({ key, name }) => ({
    value: key,
    label: name,
    hint: name === key ? undefined : key,
  }));
  return { own, places: [...whole, ...some] };
}
