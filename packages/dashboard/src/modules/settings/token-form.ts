/** The form of a new token: what a script may do, where, and how long. */

export type TokenRole = 'viewer' | 'editor' | 'admin';
export type Expiry = 'never' | '30' | '90' | '365' | 'date';

export interface TokenForm {
  readonly name: string;
  readonly role: TokenRole;
  /** Key; empty: every project. */
  readonly project: string;
  /** Key, of the project; empty: all of it. */
  readonly environment: string;
  readonly expiry: Expiry;
  /** `2026-12-31`, for `expiry` `date`; it works to the end of that day, UTC. */
  readonly date: string;
}

const DAY_MS = 86_400_000;

export function beginToken(project: string): TokenForm {
  return { name: '', role: 'editor', project, environment: '', expiry: '90', date: '' };
}

/** Another project has other environments. */
export function withProject(form: TokenForm, project: string): TokenForm {
  return { ...form, project, environment: '' };
}

export function tokenProblems(form: TokenForm, now: Date): { readonly [field in keyof TokenForm]?: string } {
  const end = endOf(form.date);
  const wrongDate =
    end === null ? 'Choose the last day.' : end <= now.getTime() ? 'Choose a day that is not over yet.' : null;
  return {
    ...(form.name.trim() === ''
      ? { name: 'Name what uses it, such as “deploy pipeline”, so that it can be told apart later.' }
      : {}),
    ...(form.expiry === 'date' && wrongDate !== null ? { date: wrongDate } : {}),
  };
}

export function toTokenCreate(form: TokenForm, now: Date) {
  const expiresAt = expiryOf(form, now);
  return {
    name: form.name.trim(),
    role: form.role,
    ...(form.project === '' ? {} : { project: form.project }),
    ...(form.project === '' || form.environment === '' ? {} : { environment: form.environment }),
    ...(expiresAt === null ? {} : { expiresAt }),
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

export function isOver(
  { expiresAt, revokedAt }: { readonly expiresAt: string | null; readonly revokedAt: string | null },
  now: Date,
): boolean {
  return revokedAt !== null || (expiresAt !== null && Date.parse(expiresAt) <= now.getTime());
}

function expiryOf({ expiry, date }: TokenForm, now: Date): string | null {
  if (expiry === 'never') return null;
  if (expiry !== 'date') return new Date(now.getTime() + Number(expiry) * DAY_MS).toISOString();
  const end = endOf(date);
  return end === null ? null : new Date(end).toISOString();
}

function endOf(date: string): number | null {
  const start = /^\d{4}-\d{2}-\d{2}$/.test(date) ? Date.parse(`${date}T00:00:00Z`) : Number.NaN;
  return Number.isNaN(start) ? null : start + DAY_MS - 1_000;
}
