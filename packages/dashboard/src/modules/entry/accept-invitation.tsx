import { formFailure } from '../../api/form-failure.ts';
import type { InvitationOffer } from '../../api/openapi.d.ts';
import { ownNameProblem } from '../../api/person-text.ts';
import { acceptInvitation } from '../../api/queries/entry.ts';
import { CurrentPasswordField } from '../../ui/current-password-field.tsx';
import { fieldErrors } from '../../ui/form-state.ts';
import { NewPasswordField } from '../../ui/new-password-field.tsx';
import { newPasswordProblem } from '../../ui/password-strength.ts';
import { useForm } from '../../ui/use-form.ts';
import { UsernameForManagers } from '../../ui/username-for-managers.tsx';
import type { OpenedLink } from './link-gate.tsx';
import { OwnNameField } from './own-fields.tsx';
import { useWait } from './use-wait.ts';
import { FormNote, WaitButton } from './wait-button.tsx';

export interface AcceptInvitationProps {
  readonly link: OpenedLink;
  readonly offer: InvitationOffer;
}

/** A name and a password make the account; who has one proves it with its password. */
export function AcceptInvitation({ link, offer }: AcceptInvitationProps) {
  const { hasAccount } = offer;
  const wait = useWait();
  const form = useForm({
    initial: { name: offer.name ?? '', password: '' },
    check: ({ name, password }) => {
      if (hasAccount) return fieldErrors({ password: password === '' ? 'Write the password of your account.' : null });
      return fieldErrors({ name: ownNameProblem(name), password: newPasswordProblem(password) });
    },
    send: async ({ name, password }) => {
      // An account that is there keeps its name; the route wants one all the same.
      const { session } = await acceptInvitation({
        secret: link.secret,
        password,
        name: hasAccount ? offer.email : name.trim(),
      });
      if (session === null) link.onCodeNeeded();
      else link.onSession(session);
    },
    explain: (error) => {
      const tooMany = wait.heed(error);
      if (tooMany !== null) return { errors: {}, failure: tooMany };
      return formFailure(
        error,
        { name: '$.name', password: '$.password' },
        hasAccount ? { sign_in_failed: 'password' } : {},
      );
    },
  });
  return (
    <form {...form.props} method="post" className="flex flex-col gap-4">
      <FormNote failure={form.failure} seconds={wait.seconds} />
      {hasAccount ? (
        <p className="text-soft">You have an account here already. Its password accepts the invitation.</p>
      ) : (
        <OwnNameField value={form.values.name} onChange={form.set('name')} error={form.errors.name} autoFocus />
      )}
      <UsernameForManagers email={offer.email} />
      {hasAccount ? (
        <CurrentPasswordField
          label="Password"
          value={form.values.password}
          onChange={form.set('password')}
          error={form.errors.password}
          autoFocus
        />
      ) : (
        <NewPasswordField value={form.values.password} onChange={form.set('password')} error={form.errors.password} />
      )}
      <WaitButton seconds={wait.seconds} loading={form.isSending}>
        {hasAccount ? 'Accept and sign in' : 'Create the account'}
      </WaitButton>
    </form>
  );
}
