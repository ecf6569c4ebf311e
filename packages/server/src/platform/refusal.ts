/**
 * The catalogue of what the management API refuses. A code is stable and never reused; docs/guide/errors.md is made from
 * this list. A Refusal thrown inside a transaction rolls it back: a refused request changes nothing.
 */
export const REFUSALS = {
  malformed_json: { status: 400, title: 'The body is not JSON' },
  invalid_request: { status: 400, title: 'The request is not valid' },
  idempotency_key_invalid: { status: 400, title: 'The Idempotency-Key is not valid' },
  unauthenticated: { status: 401, title: 'Sign in, or send a valid token' },
  sign_in_failed: { status: 401, title: 'Signing in failed' },
  forbidden: { status: 403, title: 'Your role does not allow this' },
  insecure_origin: { status: 403, title: 'Signing in is not possible at this address' },
  csrf_failed: { status: 403, title: 'The request did not come from a page of this server' },
  password_wrong: { status: 403, title: 'The password is wrong' },
  code_wrong: { status: 403, title: 'The code is wrong' },
  link_invalid: { status: 403, title: 'The link is not valid' },
  setup_invalid: { status: 403, title: 'The setup link is not valid' },
  not_found: { status: 404, title: 'Not found' },
  method_not_allowed: { status: 405, title: 'The method is not allowed here' },
  already_exists: { status: 409, title: 'It exists already' },
  key_retired: { status: 409, title: 'The key was used before' },
  archived: { status: 409, title: 'It is archived' },
  limit_reached: { status: 409, title: 'There are as many as there may be' },
  segment_in_use: { status: 409, title: 'The segment is in use' },
  flag_in_use: { status: 409, title: 'The flag is in use' },
  candidate_pending: { status: 409, title: 'Another change is being tried' },
  candidate_over: { status: 409, title: 'The candidate cannot be promoted any more' },
  confirmation_needed: { status: 409, title: 'It has to be confirmed' },
  revert_conflict: { status: 409, title: 'It was changed since' },
  not_revertible: { status: 409, title: 'It cannot be reverted' },
  already_set_up: { status: 409, title: 'The installation is set up' },
  last_admin: { status: 409, title: 'Nobody else administers the installation' },
  precondition_failed: { status: 412, title: 'It has changed since you read it' },
  body_too_large: { status: 413, title: 'The body is too large' },
  unsupported_media_type: { status: 415, title: 'The body must be application/json' },
  idempotency_key_reused: { status: 422, title: 'The Idempotency-Key was used for another request' },
  if_match_missing: { status: 428, title: 'If-Match is needed' },
  too_many_requests: { status: 429, title: 'There were too many requests' },
  too_many_attempts: { status: 429, title: 'There were too many attempts' },
  internal: { status: 500, title: 'Something went wrong here' },
  unavailable: { status: 503, title: 'The database cannot be reached' },
  outcome_unknown: { status: 503, title: 'Whether the change was made is not known' },
} as const;

export type RefusalCode = keyof typeof REFUSALS;

export interface FieldProblem {
  /** JSON path in the request body, `$` being the body; `query.x`, `header.x`, `entity.x` outside of it. */
  readonly path: string;
  readonly code: string;
  readonly message: string;
}

export class Refusal extends Error {
  readonly code: RefusalCode;
  readonly errors: readonly FieldProblem[];
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    code: RefusalCode,
    detail: string,
    more: { readonly errors?: readonly FieldProblem[]; readonly headers?: Readonly<Record<string, string>> } = {},
  ) {
    super(detail);
    this.code = code;
    this.errors = more.errors ?? [];
    this.headers = more.headers ?? {};
  }

  get status(): number {
    return REFUSALS[this.code].status;
  }

  toDocument() {
    const { status, title } = REFUSALS[this.code];
    const document = { type: 'about:blank', title, status, code: this.code, detail: this.message };
    return this.errors.length > 0 ? { ...document, errors: this.errors } : document;
  }
}

export function invalid(path: string, code: string, message: string): Refusal {
  return new Refusal('invalid_request', message, { errors: [{ path, code, message }] });
}

export function archived(what: string): Refusal {
  return new Refusal('archived', `${what} is archived. It can be read, not changed.`);
}
