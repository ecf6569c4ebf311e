import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { ApiProblem, failureOf } from '../../api/problem.ts';
import { personQuery } from '../../api/queries/people.ts';
import { Button } from '../../ui/button.tsx';
import { Drawer } from '../../ui/drawer.tsx';
import { ErrorNote } from '../../ui/error-note.tsx';
import { SkeletonRows } from '../../ui/skeleton.tsx';
import { PersonEditor } from './person-editor.tsx';

export interface PersonDrawerProps {
  /** Absent: closed. */
  readonly id: string | undefined;
  readonly onClose: () => void;
}

/** One person, beside the list. */
export function PersonDrawer({ id, onClose }: PersonDrawerProps) {
  // The last one stays while the drawer slides away.
  const [kept, setKept] = useState(id);
  if (id !== undefined && id !== kept) setKept(id);
  const found = useQuery({ ...personQuery(kept ?? ''), enabled: id !== undefined });
  const refetch = async () => {
    const { data, error } = await found.refetch();
    if (error === null) return data ?? null;
    // Whoever has no role left in what one administers is not to be seen any more.
    if (error instanceof ApiProblem && error.status === 404) onClose();
    return null;
  };
  return (
    <Drawer open={id !== undefined} onClose={onClose} title={found.data?.person.name ?? 'Person'} size="lg">
      {found.isError && (
        <ErrorNote
          failure={failureOf(found.error)}
          action={
            <Button size="sm" onClick={() => void found.refetch()}>
              Try again
            </Button>
          }
        />
      )}
      {found.isPending && id !== undefined && <SkeletonRows count={4} height={60} />}
      {found.data !== undefined && <PersonEditor key={found.data.person.id} found={found.data} refetch={refetch} />}
    </Drawer>
  );
}
