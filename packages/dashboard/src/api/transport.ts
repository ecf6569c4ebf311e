/** Sends requests: who one is, and sending a write again whose outcome is not known. */
import { offline } from './problem.ts';

const RETRIES = 3;
const FIRST_DELAY_MS = 400;
const READS: ReadonlySet<string> = new Set(['GET', 'HEAD']);

export interface TransportDeps {
  readonly fetch: (request: Request) => Promise<Response>;
  readonly sleep: (ms: number) => Promise<void>;
  /** 0 to 1. */
  readonly random: () => number;
  readonly newId: () => string;
  /** The session's; null when nobody is signed in. */
  readonly csrf: () => string | null;
  /** Asks the server for the session's again: another tab may have signed in anew. */
  readonly renewCsrf: () => Promise<string | null>;
  readonly onUnauthenticated: () => void;
  /** The server refused for want of rights: what the page knows of them is old. */
  readonly onForbidden: () => void;
}

/**
 * A `fetch` for the API. A write carries `flaghoist-csrf` and an `Idempotency-Key`; when its outcome is not known (no answer, or
 * `outcome_unknown`) it is sent again with the same key, three times at most. Reads are sent once: the query layer repeats them.
 *
 * @throws {ApiProblem} `offline`.
 */
export function createTransport(deps: TransportDeps): (request: Request) => Promise<Response> {
  return async (request) => {
    const isWrite = !READS.has(request.method);
    const headers = new Headers(request.headers);
    if (isWrite) headers.set('idempotency-key', headers.get('idempotency-key') ?? deps.newId());
    let hasRenewed = false;
    for (let attempt = 0; ; attempt += 1) {
      if (isWrite) setCsrf(headers, deps.csrf());
      const answer = await exchange(deps, new Request(request.clone(), { headers }), request.signal);
      if (answer === null) {
        if (!isWrite || attempt === RETRIES) throw offline(isWrite);
      } else if (isWrite && !hasRenewed && (await hasCode(answer, 403, 'csrf_failed'))) {
        hasRenewed = true;
        if ((await deps.renewCsrf()) === null) return answer;
        continue;
      } else if (!isWrite || attempt === RETRIES || !(await hasCode(answer, 503, 'outcome_unknown'))) {
        if (answer.status === 401) deps.onUnauthenticated();
        else if (await hasCode(answer, 403, 'forbidden')) deps.onForbidden();
        return answer;
      }
      await deps.sleep(FIRST_DELAY_MS * 2 ** attempt * (0.5 + deps.random()));
    }
  };
}

/** Null when nothing came back. */
async function exchange(deps: TransportDeps, request: Request, signal: AbortSignal): Promise<Response | null> {
  try {
    return await deps.fetch(request);
  } catch (error) {
    if (signal.aborted) throw error;
    return null;
  }
}

function setCsrf(headers: Headers, csrf: string | null): void {
  if (csrf !== null) headers.set('flaghoist-csrf', csrf);
}

async function hasCode(answer: Response, status: number, code: string): Promise<boolean> {
  if (answer.status !== status) return false;
  try {
    const { code: found } = (await answer.clone().json()) as { readonly code?: unknown };
    return found === code;
  } catch {
    return false;
  }
}
