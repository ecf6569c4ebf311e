/** What a call that failed comes to: one error type, whatever went wrong. */
import type { Problem } from './openapi.d.ts';

export interface FieldProblem {
  /** JSON path in what was sent: `$.name`; `query.x`, `header.x` outside of the body. */
  readonly path: string;
  readonly code: string;
  readonly message: string;
}

/** A refusal of the server, or a failure to reach it (`code` is `offline`, `status` 0). */
export class ApiProblem extends Error {
  readonly status: number;
  /** Stable; see the error list. `offline` and `unexpected` are made here. */
  readonly code: string;
  readonly title: string;
  /** What is wrong, where, and what to do about it. */
  readonly detail: string;
  readonly errors: readonly FieldProblem[];
  /** When to try again, as the server asked; null when it did not. */
  readonly retryAfterSeconds: number | null;

  constructor(
    problem: Pick<Problem, 'status' | 'code' | 'title' | 'detail'> & {
      readonly errors?: readonly FieldProblem[] | undefined;
      readonly retryAfterSeconds?: number | null;
    },
  ) {
    super(problem.detail);
    this.name = 'ApiProblem';
    this.status = problem.status;
    this.code = problem.code;
    this.title = problem.title;
    this.detail = problem.detail;
    this.errors = problem.errors ?? [];
    this.retryAfterSeconds = problem.retryAfterSeconds ?? null;
  }

  /** What is wrong with one member of the body, such as `name`; null: nothing. */
  of(member: string): string | null {
    return (
      this.errors.find(
        (error) =>
          error.path === `$.${member}` ||
          error.path.startsWith(`$.${member}.`) ||
          error.path.startsWith(`$.${member}[`),
      )?.message ?? null
    );
  }
}

/** Nothing came back. `isWrite`: it may have been done all the same. */
export function offline(isWrite: boolean): ApiProblem {
  return new ApiProblem({
    status: 0,
    code: 'offline',
    title: 'The server cannot be reached',
    detail: isWrite
      ? 'No answer came, so it is not known whether this was saved. Check your connection, and look how it stands before you try again.'
      : 'Check your connection, then try again.',
  });
}

/** Reads a refusal out of an answer; `retryAfter` is its header of this name. */
export function problemOf(status: number, body: unknown, retryAfter: string | null = null): ApiProblem {
  if (isProblem(body))
    return new ApiProblem({
      ...body,
      detail: body.code === 'confirmation_needed' ? confirmationOf(body) : body.detail,
      errors: body.errors ?? [],
      retryAfterSeconds: secondsOf(retryAfter),
    });
  return new ApiProblem({
    status,
    code: 'unexpected',
    title: 'The server gave an answer that is not understood',
    detail: `It answered with status ${status}. A proxy in front of it may be the cause; try again, then look into its log.`,
  });
}

/** What to show for anything thrown. */
export function failureOf(error: unknown): { readonly title: string; readonly detail: string } {
  if (error instanceof ApiProblem) return { title: error.title, detail: error.detail };
  return { title: 'Something went wrong in this page', detail: error instanceof Error ? error.message : String(error) };
}

/** The detail is for whoever sends headers. */
function confirmationOf({ errors, detail }: Problem): string {
  const [what] = errors ?? [];
  return what === undefined ? detail : `${what.message} If you mean it, do the same once more: that confirms it.`;
}

function secondsOf(retryAfter: string | null): number | null {
  return retryAfter !== null && /^\d{1,6}$/.test(retryAfter) ? Number(retryAfter) : null;
}

function isProblem(body: unknown): body is Problem {
  if (typeof body !== 'object' || body === null) return false;
  const { status, code, title, detail } = body as Partial<Record<keyof Problem, unknown>>;
  return (
    typeof status === 'number' && typeof code === 'string' && typeof title === 'string' && typeof detail === 'string'
  );
}
