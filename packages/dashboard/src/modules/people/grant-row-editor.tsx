import { useQuery } from '@tanstack/react-query';
import { X } from 'lucide-react';
import type { ReactNode } from 'react';
import { ROLE_MEANINGS, ROLE_WORDS } from '../../api/grant-words.ts';
import { environmentsQuery } from '../../api/queries/projects.ts';
import type { Role, RoleGrant } from '../../api/rights.ts';
import { Combobox } from '../../ui/combobox.tsx';
import { Field } from '../../ui/field.tsx';
import { IconButton } from '../../ui/icon-button.tsx';
import type { Option } from '../../ui/option.ts';
import { Select } from '../../ui/select.tsx';
import type { GrantRow, Place } from './grants-draft.ts';
import { environmentsToGive } from './places.ts';

/** Stands for every project among the places: no key looks like this. */
export const INSTALLATION = '*';
const WHOLE = '*';

const ROLES: readonly Option<Role>[] = (['viewer', 'editor', 'admin'] as const).map((role) => ({
  value: role,
  label: ROLE_WORDS[role],
  hint: ROLE_MEANINGS[role],
}));

export interface GrantRowEditorProps {
  readonly row: GrantRow;
  /** For screen readers: “role 2”. */
  readonly name: string;
  /** Stands above the rest, such as whom the role is for. */
  readonly lead?: ReactNode;
  readonly places: readonly Option[];
  /** Of the person at the screen. */
  readonly own: readonly RoleGrant[];
  readonly onRole: (role: Role) => void;
  readonly onPlace: (place: Place) => void;
  readonly onRemove: () => void;
  readonly problem: string | undefined;
  readonly note: string | undefined;
}

/** One role, and the project and environment where it holds. */
export function GrantRowEditor({
  row,
  name,
  lead,
  places,
  own,
  onRole,
  onPlace,
  onRemove,
  problem,
  note,
}: GrantRowEditorProps) {
  const { role, place } = row;
  const project = place.in === 'project' ? place.project : place.in === 'installation' ? INSTALLATION : null;
  return (
    <li aria-label={name} className="flex flex-col gap-2 p-2">
      {lead}
      <div className="grid grid-cols-[1fr_auto] items-start gap-2 sm:grid-cols-[7rem_1fr_1fr_auto]">
        <Select value={role} onChange={onRole} options={ROLES} aria-label={`Kind of ${name}`} />
        <Field
          label={`Project of ${name}`}
          hideLabel
          error={problem}
          className={place.in === 'project' ? 'max-sm:col-span-2' : 'col-span-2'}
        >
          <Combobox
            value={project}
            onChange={(next) => onPlace(placeOf(next))}
            options={places}
            placeholder="Choose a project"
            empty="You administer no such project."
          />
        </Field>
        {place.in === 'project' && <EnvironmentChoice place={place} own={own} name={name} onChange={onPlace} />}
        <IconButton
          icon={X}
          label={`Remove ${name}`}
          onClick={onRemove}
          className="max-sm:col-start-2 max-sm:row-start-1"
        />
      </div>
      {note !== undefined && <p className="text-sm text-warn-text">{note}</p>}
    </li>
  );
}

function placeOf(value: string | null): Place {
  if (value === null) return { in: 'nothing' };
  return value === INSTALLATION ? { in: 'installation' } : { in: 'project', project: value, environment: null };
}

interface EnvironmentChoiceProps {
  readonly place: Extract<Place, { readonly in: 'project' }>;
  readonly own: readonly RoleGrant[];
  readonly name: string;
  readonly onChange: (place: Place) => void;
}

function EnvironmentChoice({ place, own, name, onChange }: EnvironmentChoiceProps) {
  const { data: all = [] } = useQuery(environmentsQuery(place.project));
  const { whole, environments } = environmentsToGive(own, place.project, all);
  const options: readonly Option[] = [
    {
      value: WHOLE,
      label: 'All environments',
      disabled: !whole,
      ...(whole ? {} : { hint: 'Needs an admin of the whole project' }),
    },
    ...environments.map(({ key, name }) => ({ value: key, label: name })),
    // An environment that was archived since, or is not read yet, still stands there.
    ...(place.environment === null || environments.some(({ key }) => key === place.environment)
      ? []
      : [{ value: place.environment, label: place.environment }]),
  ];
  return (
    <Select
      className="max-sm:col-span-2"
      value={place.environment ?? WHOLE}
      onChange={(value) => onChange({ ...place, environment: value === WHOLE ? null : value })}
      options={options}
      aria-label={`Environment of ${name}`}
    />
  );
}
