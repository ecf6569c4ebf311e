/** How long something works: what is chosen in a form, and what has come of it. */

export type Expiry = '30' | '90' | '365' | 'date' | 'never';

export interface ExpiryChoice {
  /** In so many days, after `date`, or never. */
  readonly expiry: Expiry;
  /** `2026-12-31`, for `expiry` `date`: it works to the end of that day, UTC. */
  readonly date: string;
}

const DAY_MS = 86_400_000;

/** What is wrong with the day; null: nothing. */
export function expiryProblem({ expiry, date }: ExpiryChoice, now: Date): string | null {
  if (expiry !== 'date') return null;
  const end = endOf(date);
  if (end === null) return 'Choose the last day.';
  return end <= now.getTime() ? 'Choose a day that is not over yet.' : null;
}

/** The moment, as ISO text; null: never. */
export function expiresAt({ expiry, date }: ExpiryChoice, now: Date): string | null {
  if (expiry === 'never') return null;
  const end = expiry === 'date' ? endOf(date) : now.getTime() + Number(expiry) * DAY_MS;
  return end === null ? null : new Date(end).toISOString();
}

/** Whether it works no more. */
export function isOver(
  made: { readonly expiresAt: string | null; readonly revokedAt: string | null },
  now: Date,
): boolean {
  return made.revokedAt !== null || (made.expiresAt !== null && Date.parse(made.expiresAt) <= now.getTime());
}

function endOf(date: string): number | null {
  const start = /^\d{4}-\d{2}-\d{2}$/.test(date) ? Date.parse(`${date}T00:00:00Z`) : Number.NaN;
  return Number.isNaN(start) ? null : start + DAY_MS - 1_000;
}
