import { useState } from 'react';
import { ApiProblem, failureOf } from '../../api/problem.ts';
import { useCreateResetLink, useEditPerson } from '../../api/queries/people.ts';
import { Button } from '../../ui/button.tsx';
import { Callout } from '../../ui/callout.tsx';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';
import { ErrorNote } from '../../ui/error-note.tsx';
import { Section } from '../../ui/section.tsx';
import { showToast } from '../../ui/toast.tsx';
import { OneTimeLink } from './one-time-link.tsx';
import type { FoundPerson } from './person-editor.tsx';

export interface PersonAccessProps {
  readonly found: FoundPerson;
  readonly refetch: () => Promise<FoundPerson | null>;
  readonly isSelf: boolean;
  /** Only an admin of the installation decides who gets in. */
  readonly isAllowed: boolean;
}

/** Whether a person can get in: a link for a new password, and disabling. */
export function PersonAccess({ found: { person, etag }, refetch, isSelf, isAllowed }: PersonAccessProps) {
  const edit = useEditPerson(person.id);
  const link = useCreateResetLink(person.id);
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
          showToast({
            title: disabled ? `${person.name} is disabled` : `${person.name} can sign in again`,
            tone: 'on',
          });
          void refetch();
        },
        // What is sent next is made on what is there now.
        onError: (error) => void (error instanceof ApiProblem && error.code === 'precondition_failed' && refetch()),
      },
    );
  if (!isAllowed) {
    return (
      <Section title="Getting in">
        <Callout>
          Disabling people and links for new passwords are up to an admin of the installation. You administer a part of
          it.
        </Callout>
      </Section>
    );
  }
  return (
    <Section title="Getting in">
      <ul className="flex flex-col divide-y divide-line rounded-lg border">
        <li className="flex flex-col gap-3 p-3">
          <div className="flex flex-wrap items-center justify-between gap-3">
            <div className="min-w-0 flex-1 basis-60">
              <p className="font-medium">Link for a new password</p>
              <p className="text-sm text-faint">
                {isDisabled
                  ? 'Works for people who can sign in; enable the account first.'
                  : 'For somebody who forgot theirs. It works once, within a day; earlier links stop working.'}
              </p>
            </div>
            <Button onClick={() => link.mutate()} loading={link.isPending} disabled={isDisabled}>
              Make a link
            </Button>
          </div>
          {link.isError && <ErrorNote failure={failureOf(link.error)} />}
          {link.data !== undefined && !isDisabled && (
            <OneTimeLink link={link.data.link} expiresAt={link.data.expiresAt}>
              Hand it to {person.name} yourself: whoever has it can take over the account.
            </OneTimeLink>
          )}
        </li>
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
          {isDisabled && edit.isError && <ErrorNote failure={failureOf(edit.error)} className="w-full" />}
        </li>
      </ul>
      <ConfirmDialog
        open={isAsking}
        onClose={close}
        title={isSelf ? 'Disable your own account?' : `Disable ${person.name}?`}
        action="Disable"
        pending={edit.isPending}
        failure={edit.isError ? failureOf(edit.error) : null}
        onConfirm={() => setDisabled(true)}
      >
        {isSelf
          ? 'You will be signed out at once and cannot get in again by yourself.'
          : `${person.name} is signed out everywhere at once and cannot sign in until somebody enables the account.`}
      </ConfirmDialog>
    </Section>
  );
}
