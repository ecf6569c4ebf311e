/** Why a sign-in with a connection ended on the sign-in page again: the codes behind `?problem=`, in words. */
import type { Failure } from '../../ui/error-note.tsx';

const BEGIN_AGAIN = 'Begin again with its button below.';
const LOG = 'An admin finds the reason in the server’s log.';

/** Those of connections, and the refusals that can come in their place. `name` is the connection's, as the page shows it. */
const PROBLEMS = {
  connection_unknown: () => ({
    title: 'This way to sign in is not there any more',
    detail: 'Choose another one below.',
  }),
  connection_expired: () => ({
    title: 'This sign-in is over',
    detail: `It took longer than ten minutes, was begun in another browser, or was used before. ${BEGIN_AGAIN}`,
  }),
  provider_unavailable: (name) => ({
    title: `${name} cannot be reached`,
    detail: `The server got no usable answer from it. Try again in a moment. ${LOG}`,
  }),
  provider_refused: (name) => ({
    title: `${name} did not sign you in`,
    detail: `You cancelled, or it does not let you use this program. ${BEGIN_AGAIN}`,
  }),
  provider_answer_invalid: (name) => ({
    title: `The answer of ${name} was not accepted`,
    detail: `It does not prove who you are. Perhaps the client ID or the secret is not right any more. ${LOG}`,
  }),
  email_unverified: (name) => ({
    title: `${name} did not vouch for your e-mail address`,
    detail:
      'Accounts here are known by a verified address. Confirm yours there; if it is confirmed, an admin has to make the provider say so.',
  }),
  domain_not_allowed: () => ({
    title: 'Your e-mail address is of a domain that may not sign in this way',
    detail: 'Use the account of your organisation, or another way to sign in.',
  }),
  person_unknown: () => ({
    title: 'You have no account here yet',
    detail: 'Ask an admin of this installation to invite you.',
  }),
  person_disabled: () => ({
    title: 'Your account is disabled',
    detail: 'An admin of this installation can enable it.',
  }),
  insecure_origin: () => ({
    title: 'Signing in is not possible at this address',
    detail: 'Open the dashboard at the https:// address of this server.',
  }),
  too_many_attempts: () => ({ title: 'There were too many attempts', detail: 'Wait a few minutes, then begin again.' }),
  unavailable: () => ({ title: 'The server cannot reach its database', detail: 'Try again in a moment.' }),
} as const satisfies Readonly<Record<string, (name: string) => Failure>>;

/** Null: nothing went wrong. A code that is not known here is told in general words. */
export function signInProblem(code: string | undefined, connection = 'The provider'): Failure | null {
  if (code === undefined || code === '') return null;
  if (isKnown(code)) return PROBLEMS[code](connection);
  return { title: 'Signing in did not work', detail: `${BEGIN_AGAIN} ${LOG}` };
}

function isKnown(code: string): code is keyof typeof PROBLEMS {
  return Object.hasOwn(PROBLEMS, code);
}
