/** The form of a new SDK key. */
import type { KeyKind } from './key-words.ts';

export type Expiry = 'never' | '30' | '90' | '365' | 'date';

export interface KeyForm {
  readonly kind: KeyKind;
  readonly name: string;
  /** One, several for a relay. */
  readonly environments: readonly string[];
  readonly origins: readonly string[];
  readonly expiry: Expiry;
  /** `2026-12-31`, for `expiry` `date`; the key works to the end of that day, UTC. */
  readonly date: string;
}

const DAY_MS = 86_400_000;
const ORIGIN = /^https?:\/\/[^/\s]{1,240}$/;

export function beginKey(environment: string | undefined): KeyForm {
  const environments = environment === undefined ? [] : [environment];
  return { kind: 'server', name: '', environments, origins: [], expiry: 'never', date: '' };
}

/** Another kind keeps what it can have. */
export function withKind(form: KeyForm, kind: KeyKind): KeyForm {
  return {
    ...form,
    kind,
    environments: kind === 'relay' ? form.environments : form.environments.slice(0, 1),
    origins: kind === 'client' ? form.origins : [],
  };
}

export function keyFormProblems(form: KeyForm, now: Date): { readonly [field in keyof KeyForm]?: string } {
  const problems: { -readonly [field in keyof KeyForm]?: string } = {};
  if (form.name.trim() === '')
    problems.name = 'Name what uses it, such as “checkout service”, so that it can be told apart later.';
  if (form.environments.length === 0) problems.environments = 'Choose the environment it is for.';
  const wrong = form.origins.find((origin) => !ORIGIN.test(origin));
  if (wrong !== undefined)
    problems.origins = `Write an origin such as https://shop.example.com, without a path; not “${wrong.slice(0, 60)}”.`;
  if (form.expiry === 'date') {
    const end = endOf(form.date);
    if (end === null) problems.date = 'Choose the last day.';
    else if (end <= now.getTime()) problems.date = 'Choose a day that is not over yet.';
  }
  return problems;
}

export function toKeyCreate(form: KeyForm, now: Date) {
  const expiresAt = expiryOf(form, now);
  return {
    kind: form.kind,
    name: form.name.trim(),
    environments: [...form.environments],
    ...(form.kind === 'client' && form.origins.length > 0 ? { origins: [...form.origins] } : {}),
    ...(expiresAt === null ? {} : { expiresAt }),
  };
}

function expiryOf({ expiry, date }: KeyForm, now: Date): string | null {
  if (expiry === 'never') return null;
  if (expiry !== 'date') return new Date(now.getTime() + Number(expiry) * DAY_MS).toISOString();
  const end = endOf(date);
  return end === null ? null : new Date(end).toISOString();
}

function endOf(date: string): number | null {
  const start = /^\d{4}-\d{2}-\d{2}$/.test(date) ? Date.parse(`${date}T00:00:00Z`) : Number.NaN;
  return Number.isNaN(start) ? null : start + DAY_MS - 1_000;
}
