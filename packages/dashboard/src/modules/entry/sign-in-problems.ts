/** Why a sign-in with a connection ended on the sign-in page again: the codes behind `?problem=`, in words. */
import type { Failure } from '../../ui/error-note.tsx';

const BEGIN_AGAIN = 'Begin again with the button below.';
const ASK = 'Ask an admin of this installation.';

const PROBLEMS: Readonly<Record<string, Failure>> = {
  denied: {
    title: 'The provider did not sign you in',
    detail: `You cancelled, or it does not let you use this program. ${BEGIN_AGAIN}`,
  },
  expired: { title: 'Signing in took too long', detail: `The attempt is over after ten minutes. ${BEGIN_AGAIN}` },
  state_mismatch: {
    title: 'This sign-in was not begun in this browser',
    detail: `Perhaps it was begun in another tab or from an old link, or cookies are blocked. ${BEGIN_AGAIN}`,
  },
  provider_unreachable: {
    title: 'The provider cannot be reached',
    detail:
      'The server got no answer from it. Try again in a moment; if that does not help, an admin can look into the server’s log.',
  },
  provider_failed: {
    title: 'The provider’s answer was not accepted',
    detail: `It did not prove who you are. ${ASK} The server’s log says why.`,
  },
  email_missing: {
    title: 'The provider did not tell your e-mail address',
    detail: `Accounts here are known by it. ${ASK} The provider has to give the scope “email” to this program.`,
  },
  email_unverified: {
    title: 'The provider has not verified your e-mail address',
    detail: 'Confirm the address with the provider, then sign in again.',
  },
  domain_not_allowed: {
    title: 'Your e-mail address is not of a domain that may sign in here',
    detail: `Use the account of your organisation. ${ASK}`,
  },
  not_invited: { title: 'You have no account here yet', detail: 'Ask an admin of this installation to invite you.' },
  disabled: { title: 'Your account is disabled', detail: ASK },
  connection_unknown: { title: 'This way to sign in does not exist any more', detail: 'Choose another one below.' },
};

const OTHER: Failure = {
  title: 'Signing in did not work',
  detail: `${BEGIN_AGAIN} If it happens again, an admin can look into the server’s log.`,
};

/** Null: nothing went wrong. A code that is not known here is told in general words. */
export function signInProblem(code: string | undefined): Failure | null {
  if (code === undefined || code === '') return null;
  return Object.hasOwn(PROBLEMS, code) ? (PROBLEMS[code] ?? OTHER) : OTHER;
}
