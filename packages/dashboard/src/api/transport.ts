/** Sends requests: who one is, and sending a write again whose outcome is not known. */
import { type ApiProblem, offline, problemOf } from './problem.ts';
import { createUnconfirmed } from './unconfirmed.ts';
import { createUnsettled } from './unsettled.ts';

const RETRIES = 3;
const FIRST_DELAY_MS = 400;
const READS: ReadonlySet<string> = new Set(['GET', 'HEAD']);

export interface TransportDeps {
  readonly fetch: (request: Request) => Promise<Response>;
  readonly sleep: (ms: number) => Promise<void>;
  /** 0 to 1. */
  readonly random: () => number;
  readonly newId: () => string;
  /** Milliseconds. */
  readonly now: () => number;
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
 * `outcome_unknown`) it is sent again with the same key, three times at most. When it is not known even then, and the person
 * sends the very same thing again, that carries the same key too: the answer says what became of the first. What was refused
 * with `confirmation_needed` is confirmed by sending it once more. Reads are sent once: the query layer repeats them.
 *
 * @throws {ApiProblem} `offline`.
 */
export function createTransport(deps: TransportDeps): (request: Request) => Promise<Response> {
  const unsettled = createUnsettled();
  const unconfirmed = createUnconfirmed(deps.now);

  async function sendWrite(asked: Request): Promise<Response> {
    const request = await unconfirmed.confirmed(asked);
    const headers = new Headers(request.headers);
    const settling = await unsettled.begin(request, headers.get('idempotency-key') ?? deps.newId);
    headers.set('idempotency-key', settling.key);
    let hasRenewed = false;
    for (let attempt = 0; ; attempt += 1) {
      setCsrf(headers, deps.csrf());
      const answer = await exchange(deps, new Request(request.clone(), { headers }), request.signal);
      if (answer === null) {
        if (attempt === RETRIES) throw offline(true);
      } else if (!hasRenewed && (await hasCode(answer, 403, 'csrf_failed'))) {
        hasRenewed = true;
        if ((await deps.renewCsrf()) === null) return answer;
        continue;
      } else {
        const isUnknown = await hasCode(answer, 503, 'outcome_unknown');
        if (tellsOutcome(answer.status)) settling.settled();
        if (await hasCode(answer, 409, 'confirmation_needed'))
          await unconfirmed.refused(request, wordOf(problemOf(409, await answer.clone().json())));
        if (!isUnknown || attempt === RETRIES) return answer;
      }
      await deps.sleep(FIRST_DELAY_MS * 2 ** attempt * (0.5 + deps.random()));
    }
  }

  async function sendRead(request: Request): Promise<Response> {
    const answer = await exchange(deps, new Request(request.clone()), request.signal);
    if (answer === null) throw offline(false);
    return answer;
  }

  return async (request) => {
    const answer = await (READS.has(request.method) ? sendRead(request) : sendWrite(request));
    if (answer.status === 401) deps.onUnauthenticated();
    else if (await hasCode(answer, 403, 'forbidden')) deps.onForbidden();
    return answer;
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

/** What comes before the server looks at the key says nothing of an earlier attempt: who one is, rights, load. */
function tellsOutcome(status: number): boolean {
  return status !== 401 && status !== 403 && status !== 429 && status < 500;
}

function wordOf({ errors }: ApiProblem): string {
  return errors.find(({ path }) => path === 'header.flaghoist-confirm')?.code ?? '';
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
