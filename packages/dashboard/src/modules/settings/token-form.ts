/** The form of a new token: what a script may do, where, and how long. */
import { expiresAt, type ExpiryChoice, expiryProblem } from '../../ui/expiry.ts';

export type TokenRole = 'viewer' | 'editor' | 'admin';

export interface TokenForm extends ExpiryChoice {
  readonly name: string;
  readonly role: TokenRole;
  /** Key; empty: every project. */
  readonly project: string;
  /** Key, of the project; empty: all of it. */
  readonly environment: string;
}

export function beginToken(project: string): TokenForm {
  return { name: '', role: 'editor', project, environment: '', expiry: '90', date: '' };
}

/** Another project has other environments. */
export function withProject(form: TokenForm, project: string): TokenForm {
  return { ...form, project, environment: '' };
}

export function tokenProblems(form: TokenForm, now: Date): { readonly [field in keyof TokenForm]?: string } {
  const wrongDay = expiryProblem(form, now);
  return {
    ...(form.name.trim() === ''
      ? { name: 'Name what uses it, such as “deploy pipeline”, so that it can be told apart later.' }
      : {}),
    ...(wrongDay === null ? {} : { date: wrongDay }),
  };
}

export function toTokenCreate(form: TokenForm, now: Date) {
  const end = expiresAt(form, now);
  return {
    name: form.name.trim(),
    role: form.role,
    ...(form.project === '' ? {} : { project: form.project }),
    ...(form.project === '' || form.environment === '' ? {} : { environment: form.environment }),
    ...(end === null ? {} : { expiresAt: end }),
  };
}

/** “Editor in shop, production” */
export function tokenScope({
  role,
  project,
  environment,
}: {
  readonly role: string;
  readonly project: string | null;
  readonly environment: string | null;
}): string {
  const who = role.slice(0, 1).toUpperCase() + role.slice(1);
  if (project === null) return `${who} in every project`;
  return environment === null ? `${who} in ${project}` : `${who} in ${project}, ${environment}`;
}
