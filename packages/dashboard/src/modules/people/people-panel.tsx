import type { UseQueryResult } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { Search, SearchX, Users } from 'lucide-react';
import type { Person } from '../../api/openapi.d.ts';
import { failureOf } from '../../api/problem.ts';
import { useGrantNames } from '../../api/queries/grant-names.ts';
import { Button } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { ErrorNote } from '../../ui/error-note.tsx';
import { SkeletonRows } from '../../ui/skeleton.tsx';
import { TextInput } from '../../ui/text-input.tsx';
import { findPeople, sortPeople } from './find-people.ts';
import { PeopleTable } from './people-table.tsx';

const ALONE = 1;

export interface PeoplePanelProps {
  readonly people: Pick<UseQueryResult<readonly Person[]>, 'data' | 'isError' | 'error' | 'refetch'>;
  readonly onInvite: () => void;
  readonly self: string | undefined;
}

/** Everybody whom one may see, narrowed by what is searched for. */
export function PeoplePanel({ people, onInvite, self }: PeoplePanelProps) {
  const { q = '' } = useSearch({ from: '/people' });
  const navigate = useNavigate({ from: '/people' });
  const all = people.data ?? [];
  const names = useGrantNames(all.flatMap(({ grants }) => grants));
  const search = (text: string) =>
    void navigate({ search: (now) => ({ ...now, q: text === '' ? undefined : text }), replace: true });
  if (people.isError) {
    return (
      <ErrorNote
        failure={failureOf(people.error)}
        action={
          <Button size="sm" onClick={() => void people.refetch()}>
            Try again
          </Button>
        }
      />
    );
  }
  const found = sortPeople(findPeople(all, q, names));
  return (
    <div className="flex flex-col gap-3">
      <div className="flex flex-wrap items-center gap-3">
        <TextInput
          value={q}
          onChange={search}
          icon={Search}
          type="search"
          aria-label="Search people by name, e-mail, role or state"
          placeholder="Name, e-mail, role or state"
          className="w-full max-w-80"
        />
        <p role="status" className="text-sm text-faint nums">
          {q !== '' && `${found.length} of ${all.length}`}
        </p>
      </div>
      {people.data === undefined && (
        <Card flush>
          <SkeletonRows count={6} height={60} />
        </Card>
      )}
      {found.length > 0 && <PeopleTable people={found} names={names} self={self} />}
      {people.data !== undefined && found.length === 0 && (
        <EmptyState
          drawing={<SearchX className="size-10" strokeWidth={1.25} />}
          title="Nobody fits"
          action={<Button onClick={() => search('')}>Show everybody</Button>}
        >
          Each word has to stand in the name, the address, a role or the state: “editor shop”, “disabled”.
        </EmptyState>
      )}
      {people.data !== undefined && q === '' && all.length <= ALONE && (
        <EmptyState
          className="py-10"
          drawing={<Users className="size-10" strokeWidth={1.25} />}
          title="Nobody else is here yet"
          action={<Button onClick={onInvite}>Invite somebody</Button>}
        >
          Invite colleagues, each with just the roles they need, such as viewer of one environment or editor of a
          project.
        </EmptyState>
      )}
    </div>
  );
}
