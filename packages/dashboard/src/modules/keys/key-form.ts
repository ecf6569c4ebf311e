/** The form of a new SDK key. */
import { expiresAt, type ExpiryChoice, expiryProblem } from '../../ui/expiry.ts';
import type { KeyKind } from './key-words.ts';

export interface KeyForm extends ExpiryChoice {
  readonly kind: KeyKind;
  readonly name: string;
  /** One, several for a relay. */
  readonly environments: readonly string[];
  readonly origins: readonly string[];
  /** As typed; empty: the default. */
  readonly rateLimit: string;
}

const ORIGIN = /^https?:\/\/[^/\s]{1,240}$/;

const MOST = 100_000;

export function beginKey(environment: string | undefined): KeyForm {
  const environments = environment === undefined ? [] : [environment];
  return { kind: 'server', name: '', environments, origins: [], rateLimit: '', expiry: 'never', date: '' };
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
  if (form.rateLimit.trim() !== '' && rateLimitOf(form) === null)
    problems.rateLimit = `Write a whole number from 1 to ${MOST}, or leave it empty.`;
  const wrongDay = expiryProblem(form, now);
  if (wrongDay !== null) problems.date = wrongDay;
  return problems;
}

export function toKeyCreate(form: KeyForm, now: Date) {
  const end = expiresAt(form, now);
  const rateLimit = rateLimitOf(form);
  return {
    kind: form.kind,
    name: form.name.trim(),
    environments: [...form.environments],
    ...(form.kind === 'client' && form.origins.length > 0 ? { origins: [...form.origins] } : {}),
    ...(end === null ? {} : { expiresAt: end }),
    ...(rateLimit === null ? {} : { rateLimit }),
  };
}

function rateLimitOf({ rateLimit }: KeyForm): number | null {
  const text = rateLimit.trim();
  return /^[1-9]\d{0,5}$/.test(text) && Number(text) <= MOST ? Number(text) : null;
}
