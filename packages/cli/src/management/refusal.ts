import type { ProblemDocument } from '@flaghoist/protocol/management';
import { CommandFailure } from '../command-failure.ts';
import { EXIT, exitCodeOfStatus } from '../exit-codes.ts';

/** Why a request has no result. */
export type Refusal =
  /** The server said no. */
  | { readonly kind: 'problem'; readonly status: number; readonly problem: ProblemDocument }
  /** No connection, so nothing happened; or a read that got no answer. */
  | { readonly kind: 'unreachable'; readonly url: string; readonly message: string }
  /** A write was sent and no answer came, twice: it may have been done. */
  | { readonly kind: 'outcomeUnknown'; readonly url: string; readonly message: string }
  /** Something answered that does not speak the management API. */
  | { readonly kind: 'foreign'; readonly url: string; readonly status: number; readonly message: string };

export function failureOf(refusal: Refusal): CommandFailure {
  switch (refusal.kind) {
    case 'problem':
      return new CommandFailure(
        exitCodeOfStatus(refusal.status),
        refusal.problem.code,
        describeProblem(refusal.problem),
        refusal.problem,
      );
    case 'unreachable':
      return new CommandFailure(
        EXIT.unreachable,
        'unreachable',
        `cannot reach ${refusal.url}: ${refusal.message}\nIs the server running (flaghoist start)? Is the address right (--url, FLAGHOIST_URL)?`,
      );
    case 'outcomeUnknown':
      return new CommandFailure(
        EXIT.unreachable,
        'outcome_unknown',
        `${refusal.url} took the request and did not answer: ${refusal.message}\nIt is not known whether the change was made. Look (flaghoist changes list, or get) before you try again.`,
      );
    case 'foreign':
      return new CommandFailure(
        EXIT.failed,
        'not_flaghoist',
        `${refusal.url} answered ${refusal.status}, but not as a Flaghoist server does: ${refusal.message}\nCheck the address (--url, FLAGHOIST_URL) and what stands between you and the server.`,
      );
    default:
      return refusal satisfies never;
  }
}

/** The value, or the refusal thrown as a `CommandFailure`. */
export function valueOf<T>(outcome: Outcome<T>): T {
  if (outcome.ok) return outcome.value;
  throw failureOf(outcome.refusal);
}

export type Outcome<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly refusal: Refusal };

function describeProblem(problem: ProblemDocument): string {
  const lines = [problem.detail === '' ? problem.title : problem.detail];
  for (const { path, message } of problem.errors ?? []) {
    lines.push(problem.detail.includes(message) ? `  at ${path}` : `  ${path}: ${message}`);
  }
  const hint = HINTS.get(problem.code);
  if (hint !== undefined) lines.push(hint);
  return lines.join('\n');
}

const HINTS: ReadonlyMap<string, string> = new Map([
  [
    'unauthenticated',
    'Is the token revoked, expired, or of another server? Give a valid one with FLAGHOIST_TOKEN or --token.',
  ],
  ['forbidden', 'Use a token whose role and project allow it: `flaghoist tokens list` shows them to an admin.'],
  ['overloaded', 'Try again in a few seconds.'],
  [
    'outcome_unknown',
    'It is not known whether the change was made. Look (flaghoist changes list, or get) before you try again.',
  ],
  ['already_set_up', 'An admin makes one with `flaghoist tokens create`; give it with FLAGHOIST_TOKEN or --token.'],
]);
