import { useState } from 'react';
import { ApiProblem, failureOf } from '../../api/problem.ts';
import { useEditPerson } from '../../api/queries/people.ts';
import { Button } from '../../ui/button.tsx';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';
import { ErrorNote } from '../../ui/error-note.tsx';
import { showToast } from '../../ui/toast.tsx';
import type { FoundPerson, Refetch } from './found-person.ts';

export interface DisablePersonProps {
  readonly found: FoundPerson;
  readonly refetch: Refetch;
  readonly isSelf: boolean;
}

/** Disables an account, after asking, and enables it again. */
export function DisablePerson({ found: { person, etag }, refetch, isSelf }: DisablePersonProps) {
  const edit = useEditPerson(person.id);
  const [isAsking, setAsking] = useState(false);
  const isDisabled = person.disabledAt !== null;
  const close = () => {
    setAsking(false);
    edit.reset();
  };
  const setDisabled = (disabled: boolean) =>
    edit.mutate(
      { etag, body: { disabled } },
      {
        onSuccess: () => {
          close();
          showToast({ title: `${person.name} ${disabled ? 'is disabled' : 'can sign in again'}`, tone: 'on' });
          void refetch();
        },
        // What is sent next is made on what is there now.
        onError: (error) => void (error instanceof ApiProblem && error.code === 'precondition_failed' && refetch()),
      },
    );
  const failure = edit.isError ? failureOf(edit.error) : null;
  return (
    <li className="flex flex-wrap items-center justify-between gap-3 p-3">
      <div className="min-w-0 flex-1 basis-60">
        <p className="font-medium">{isDisabled ? 'The account is disabled' : 'Disable the account'}</p>
        <p className="text-sm text-faint">
          {isDisabled
            ? 'Enabling lets the person sign in again, with the roles above.'
            : 'Ends all sessions and refuses new ones. Roles and history stay.'}
        </p>
      </div>
      {isDisabled ? (
        <Button onClick={() => setDisabled(false)} loading={edit.isPending}>
          Enable
        </Button>
      ) : (
        <Button onClick={() => setAsking(true)}>Disable</Button>
      )}
      {isDisabled && failure !== null && <ErrorNote failure={failure} className="w-full" />}
      <ConfirmDialog
        open={isAsking}
        onClose={close}
        title={isSelf ? 'Disable your own account?' : `Disable ${person.name}?`}
        action="Disable"
        pending={edit.isPending}
        failure={failure}
        onConfirm={() => setDisabled(true)}
      >
        {isSelf
          ? 'You will be signed out at once and cannot get in again by yourself.'
          : `${person.name} is signed out everywhere at once and cannot sign in until somebody enables the account.`}
      </ConfirmDialog>
    </li>
  );
}
