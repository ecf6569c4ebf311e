import { Link } from '@tanstack/react-router';
import { Archive, ArrowDown, ArrowUp, Ellipsis, Flag, KeyRound, Pencil, Users } from 'lucide-react';
import type { ReactNode } from 'react';
import { environmentHue, isProductionLike } from '../../api/environment-look.ts';
import type { Environment } from '../../api/openapi.d.ts';
import { Badge } from '../../ui/badge.tsx';
import { cx } from '../../ui/class-names.ts';
import { CopyText } from '../../ui/copy-text.tsx';
import { Dot } from '../../ui/dot.tsx';
import { IconButton } from '../../ui/icon-button.tsx';
import { Menu, MenuItem, MenuLink, MenuSeparator } from '../../ui/menu.tsx';
import { Table, Td, Th, THead, Tr } from '../../ui/table.tsx';
import { TextLink } from '../../ui/text-link.tsx';
import { TimeText } from '../../ui/time-text.tsx';
import type { Sorted } from './environment-form.ts';

export interface EnvironmentTableProps {
  readonly project: string;
  readonly environments: readonly Environment[];
  /** Keys that are not revoked, by environment; null: not known yet. */
  readonly keyCounts: ReadonlyMap<string, number> | null;
  readonly sorted: Sorted;
  readonly onSort: (sorted: Sorted) => void;
  readonly mayEdit: (environment: Environment) => boolean;
  readonly onRename: (environment: Environment) => void;
  readonly onArchive: (environment: Environment) => void;
}

/** The environments, with what is in each. */
export function EnvironmentTable({
  project,
  environments,
  keyCounts,
  sorted,
  onSort,
  mayEdit,
  onRename,
  onArchive,
}: EnvironmentTableProps) {
  return (
    <Table aria-label="Environments">
      <THead>
        <SortTh by="name" label="Environment" sorted={sorted} onSort={onSort} />
        <Th>Key</Th>
        <SortTh by="revision" label="Revision" isNumber sorted={sorted} onSort={onSort} />
        <Th className="text-right">SDK keys</Th>
        <SortTh by="order" label="Created" sorted={sorted} onSort={onSort} />
        <Th>
          <span className="sr-only">Actions</span>
        </Th>
      </THead>
      <tbody>
        {environments.map((environment) => (
          <EnvironmentRow
            key={environment.key}
            project={project}
            environment={environment}
            keys={keyCounts === null ? null : (keyCounts.get(environment.key) ?? 0)}
            menu={
              environment.archivedAt === null && (
                <EnvironmentMenu
                  project={project}
                  environment={environment}
                  canEdit={mayEdit(environment)}
                  onRename={() => onRename(environment)}
                  onArchive={() => onArchive(environment)}
                />
              )
            }
          />
        ))}
      </tbody>
    </Table>
  );
}

interface EnvironmentRowProps {
  readonly project: string;
  readonly environment: Environment;
  /** Null: not known yet. */
  readonly keys: number | null;
  readonly menu: ReactNode;
}

function EnvironmentRow({ project, environment, keys, menu }: EnvironmentRowProps) {
  return (
    <Tr className="h-14">
      <Td>
        <span className="flex items-center gap-2.5 whitespace-nowrap">
          <Dot hue={environmentHue(environment.key)} hollow={environment.archivedAt !== null} />
          <span className="font-medium">{environment.name}</span>
          {environment.archivedAt !== null && <Badge>Archived</Badge>}
          {environment.archivedAt === null && environment.holdSeconds !== null && <Badge>Staged</Badge>}
          {environment.archivedAt === null && isProductionLike(environment.key) && (
            <span className="text-xs font-medium text-warn-text">live</span>
          )}
        </span>
      </Td>
      <Td>
        <CopyText text={environment.key} label="environment key" className="-ml-1" />
      </Td>
      <Td className="text-right nums" title={environment.epoch > 1 ? `Epoch ${environment.epoch}` : undefined}>
        {environment.revision.toLocaleString('en')}
      </Td>
      <Td className="text-right nums">
        {keys === null ? (
          <span className="text-faint">…</span>
        ) : (
          <TextLink to="/projects/$project/keys" params={{ project }} search={{ env: environment.key }}>
            {keys}
          </TextLink>
        )}
      </Td>
      <Td className="whitespace-nowrap text-soft nums">
        <TimeText at={environment.createdAt} />
      </Td>
      <Td className="text-right">{menu}</Td>
    </Tr>
  );
}

interface EnvironmentMenuProps {
  readonly project: string;
  readonly environment: Environment;
  readonly canEdit: boolean;
  readonly onRename: () => void;
  readonly onArchive: () => void;
}

function EnvironmentMenu({ project, environment, canEdit, onRename, onArchive }: EnvironmentMenuProps) {
  return (
    <Menu align="end" trigger={<IconButton label={`What can be done with ${environment.name}`} icon={Ellipsis} />}>
      <MenuLink
        icon={Flag}
        render={<Link to="/projects/$project/flags" params={{ project }} search={{ env: environment.key }} />}
      >
        Flags
      </MenuLink>
      <MenuLink
        icon={Users}
        render={<Link to="/projects/$project/segments" params={{ project }} search={{ env: environment.key }} />}
      >
        Segments
      </MenuLink>
      <MenuLink
        icon={KeyRound}
        render={<Link to="/projects/$project/keys" params={{ project }} search={{ env: environment.key }} />}
      >
        SDK keys
      </MenuLink>
      {canEdit && (
        <>
          <MenuSeparator />
          <MenuItem icon={Pencil} onSelect={onRename}>
            Settings…
          </MenuItem>
          <MenuItem icon={Archive} tone="danger" onSelect={onArchive}>
            Archive…
          </MenuItem>
        </>
      )}
    </Menu>
  );
}

function SortTh({
  by,
  label,
  isNumber = false,
  sorted,
  onSort,
}: {
  readonly by: Sorted['by'];
  readonly label: string;
  readonly isNumber?: boolean;
  readonly sorted: Sorted;
  readonly onSort: (sorted: Sorted) => void;
}) {
  const isOn = sorted.by === by;
  const Icon = sorted.descending ? ArrowDown : ArrowUp;
  return (
    <Th
      aria-sort={isOn ? (sorted.descending ? 'descending' : 'ascending') : 'none'}
      className={isNumber ? 'text-right' : ''}
    >
      <button
        type="button"
        className={cx(
          isNumber ? '-mr-1 flex-row-reverse' : '-ml-1',
          'inline-flex h-6 items-center gap-1 rounded-sm px-1 hover:bg-hover hover:text-ink',
        )}
        onClick={() => onSort({ by, descending: isOn && !sorted.descending })}
      >
        {label}
        {isOn && <Icon className="size-3" aria-hidden="true" />}
      </button>
    </Th>
  );
}
