import { failureOf } from '../../api/problem.ts';
import { useCreateResetLink } from '../../api/queries/people.ts';
import { Button } from '../../ui/button.tsx';
import { Callout } from '../../ui/callout.tsx';
import { ErrorNote } from '../../ui/error-note.tsx';
import { Section } from '../../ui/section.tsx';
import { DisablePerson } from './disable-person.tsx';
import type { FoundPerson, Refetch } from './found-person.ts';
import { OneTimeLink } from './one-time-link.tsx';

export interface PersonAccessProps {
  readonly found: FoundPerson;
  readonly refetch: Refetch;
  readonly isSelf: boolean;
  /** Only an admin of the installation decides who gets in. */
  readonly isAllowed: boolean;
}

/** Whether a person can get in: a link for a new password, and disabling. */
export function PersonAccess({ found, refetch, isSelf, isAllowed }: PersonAccessProps) {
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
        <ResetLink found={found} />
        <DisablePerson found={found} refetch={refetch} isSelf={isSelf} />
      </ul>
    </Section>
  );
}

function ResetLink({ found: { person } }: { readonly found: FoundPerson }) {
  const link = useCreateResetLink(person.id);
  const isDisabled = person.disabledAt !== null;
  return (
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
          Create a link
        </Button>
      </div>
      {link.isError && <ErrorNote failure={failureOf(link.error)} />}
      {link.data !== undefined && !isDisabled && (
        <OneTimeLink link={link.data.link} expiresAt={link.data.expiresAt}>
          Hand it to {person.name} yourself: whoever has it can take over the account.
        </OneTimeLink>
      )}
    </li>
  );
}
