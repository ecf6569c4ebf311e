import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import type { GrantNames } from '../../api/grant-words.ts';
import type { Person } from '../../api/openapi.d.ts';
import { Avatar } from '../../ui/avatar.tsx';
import { Badge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { Table, Td, Th, THead, Tr } from '../../ui/table.tsx';
import { TimeText } from '../../ui/time-text.tsx';
import { stateOf } from './find-people.ts';
import { RoleList } from './role-list.tsx';

/** More rows than this make a page slow; they come when they are asked for. */
const AT_FIRST = 200;

export interface PeopleTableProps {
  readonly people: readonly Person[];
  readonly names: GrantNames;
  /** Who is at the screen. */
  readonly self: string | undefined;
}

/** Who is here, and what they may do. A name opens what can be changed. */
export function PeopleTable({ people, names, self }: PeopleTableProps) {
  const [isAll, setAll] = useState(false);
  const shown = isAll ? people : people.slice(0, AT_FIRST);
  return (
    <>
      <Card flush>
        <Table aria-label="People">
          <THead>
            <Th>Person</Th>
            <Th className="max-md:hidden">Roles</Th>
            <Th className="max-lg:hidden">Two-step</Th>
            <Th className="max-md:hidden">Last seen</Th>
            <Th>State</Th>
          </THead>
          <tbody>
            {shown.map((person) => (
              <PersonRow key={person.id} person={person} names={names} isSelf={person.id === self} />
            ))}
          </tbody>
        </Table>
      </Card>
      {shown.length < people.length && (
        <Button tone="ghost" onClick={() => setAll(true)} className="mt-3">
          Show all {people.length}
        </Button>
      )}
    </>
  );
}

interface PersonRowProps {
  readonly person: Person;
  readonly names: GrantNames;
  readonly isSelf: boolean;
}

function PersonRow({ person, names, isSelf }: PersonRowProps) {
  return (
    <Tr>
      <Td className="min-w-56">
        <Link
          to="/people"
          search={(now) => ({ ...now, person: person.id })}
          className="-mx-2 flex min-w-0 items-center gap-3 rounded-md px-2 py-1 hover:text-accent-text"
        >
          <Avatar name={person.name} decorative />
          <span className="min-w-0">
            <span className="flex items-center gap-2 font-medium">
              <span className="wrap-anywhere">{person.name}</span>
              {isSelf && <Badge>You</Badge>}
            </span>
            <span className="block text-sm wrap-anywhere text-faint">{person.email}</span>
            <span className="block text-sm text-soft md:hidden">
              <RoleList grants={person.grants} names={names} />
            </span>
          </span>
        </Link>
      </Td>
      <Td className="max-w-96 max-md:hidden">
        <RoleList grants={person.grants} names={names} />
      </Td>
      <Td className="max-lg:hidden">
        {person.totp ? <Badge tone="on">On</Badge> : <span className="text-faint">Off</span>}
      </Td>
      <Td className="whitespace-nowrap max-md:hidden">
        {person.lastSeenAt === null ? <span className="text-faint">Never</span> : <TimeText at={person.lastSeenAt} />}
      </Td>
      <Td>
        <StateBadge person={person} />
      </Td>
    </Tr>
  );
}

/** Whether a person can sign in, in a word. */
export function StateBadge({ person }: { readonly person: Person }) {
  switch (stateOf(person)) {
    case 'active':
      return <Badge tone="on">Active</Badge>;
    case 'disabled':
      return <Badge tone="danger">Disabled</Badge>;
    case 'never signed in':
      return <Badge>Not seen yet</Badge>;
  }
}
