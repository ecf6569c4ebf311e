import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { Token } from '../../api/openapi.d.ts';
import { ApiProblem, failureOf } from '../../api/problem.ts';
import { useEditPerson } from '../../api/queries/people.ts';
import { livingTokensQuery } from '../../api/queries/tokens.ts';
import { Button } from '../../ui/button.tsx';
import { Checkbox } from '../../ui/checkbox.tsx';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';
import { ErrorNote } from '../../ui/error-note.tsx';
import { showToast } from '../../ui/toast.tsx';
import type { FoundPerson, Refetch } from './found-person.ts';

export interface DisablePersonProps {
  readonly found: FoundPerson;
  readonly refetch: Refetch;
  readonly isSelf: boolean;
}

const MOST_NAMES = 5;

/** Disables an account, after asking, and enables it again. */
export function DisablePerson({ found: { person, etag }, refetch, isSelf }: DisablePersonProps) {
  const edit = useEditPerson(person.id);
  const [isAsking, setAsking] = useState(false);
  const [revokeTokens, setRevokeTokens] = useState(true);
  const tokens = useQuery({ ...livingTokensQuery(person.id), enabled: isAsking });
  const isDisabled = person.disabledAt !== null;
  const close = () => {
    setAsking(false);
    setRevokeTokens(true);
    edit.reset();
  };
  const setDisabled = (disabled: boolean) =>
    edit.mutate(
      { etag, body: disabled ? { disabled, revokeTokens } : { disabled } },
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
        <p>
          {isSelf
            ? 'You will be signed out at once and cannot get in again by yourself.'
            : `${person.name} is signed out everywhere at once and cannot sign in until somebody enables the account.`}
        </p>
        {tokens.data?.length !== 0 && (
          <div className="mt-3">
            <Checkbox
              checked={revokeTokens}
              onChange={setRevokeTokens}
              label={`Also revoke ${tokensInWords(tokens.data)}`}
              hint="Otherwise whoever has one can go on using it. Scripts that use one stop working."
            />
          </div>
        )}
      </ConfirmDialog>
    </li>
  );
}

/** Undefined as long as nobody knows them. */
function tokensInWords(tokens: readonly Token[] | undefined): string {
  if (tokens === undefined) return 'the API tokens that this person made';
  const named = tokens.slice(0, MOST_NAMES).map(({ name }) => `“${name}”`);
  const others = tokens.length - named.length;
  const names = [...named, ...(others > 0 ? [`${others} more`] : [])].join(', ');
  return tokens.length === 1
    ? `the API token that this person made: ${names}`
    : `the ${tokens.length} API tokens that this person made: ${names}`;
}
