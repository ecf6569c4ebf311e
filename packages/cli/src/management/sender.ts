import { type Accepted, parseAnswer, problemIn } from './answer.ts';
import type { Exchange, ExchangeAnswer } from './exchange.ts';
import type { Outcome } from './refusal.ts';

export interface SenderOptions {
  /** Where the server is; a path prefix is kept. */
  readonly url: string;
  /** Sent with every request. */
  readonly headers: { readonly [name: string]: string };
  readonly exchange: Exchange;
  readonly random: () => number;
  /** Milliseconds, for the budget of a write's attempts. */
  readonly now: () => number;
  readonly sleep: (milliseconds: number) => Promise<void>;
}

export interface Message {
  readonly method: string;
  /** Below `/api/v1`. */
  readonly path: string;
  readonly headers: { readonly [name: string]: string };
  readonly body: string | undefined;
  readonly timeoutMs: number;
  /** A write without an answer is repeated, so it has to carry an Idempotency-Key. */
  readonly isWrite: boolean;
  /** Name of what a 2xx answer holds. */
  readonly expected: string;
}

/** A server that asks for a longer pause is reported instead of waited for. */
const LONGEST_PAUSE_MS = 5_000;
/** Of a write whose outcome is not known. The server answers each within its own deadline, 5 s as a rule. */
const MOST_ATTEMPTS = 5;
const BUDGET_MS = 30_000;

type Attempt =
  | { readonly kind: 'answer'; readonly answer: ExchangeAnswer }
  | { readonly kind: 'silence'; readonly sent: boolean; readonly message: string };

/**
 * Sends a message once, and again where that can help: the very same message, headers included. Twice at most, but a write
 * whose outcome is not known is sent until it is, within its budget.
 */
export function createSender(options: SenderOptions): (message: Message) => Promise<Outcome<Accepted>> {
  const { url, now, random } = options;

  async function attempt({ method, path, headers, body, timeoutMs }: Message): Promise<Attempt> {
    const result = await options.exchange({
      method,
      url: `${url}/api/v1${path}`,
      headers: {
        ...options.headers,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      body,
      timeoutMs,
    });
    return result.ok
      ? { kind: 'answer', answer: result.answer }
      : { kind: 'silence', sent: result.sent, message: result.message };
  }

  function settle(message: Message, last: Attempt, isUnknown: boolean): Outcome<Accepted> {
    if (last.kind === 'answer') return parseAnswer(last.answer, url, message.expected);
    return { ok: false, refusal: { kind: isUnknown ? 'outcomeUnknown' : 'unreachable', url, message: last.message } };
  }

  return async (message) => {
    const deadline = now() + BUDGET_MS;
    let isUnknown = false;
    for (let attempts = 1; ; attempts++) {
      const made = await attempt(message);
      isUnknown ||= message.isWrite && mayHaveBeenDone(made);
      const most = isUnknown ? MOST_ATTEMPTS : 2;
      const pause =
        attempts < most && now() < deadline ? pauseAfter(made, attempts, message.isWrite, random) : undefined;
      if (pause === undefined) return settle(message, made, isUnknown);
      await options.sleep(pause);
    }
  };
}

/** Milliseconds; undefined: this attempt stands. */
function pauseAfter(made: Attempt, attempts: number, isWrite: boolean, random: () => number): number | undefined {
  const times = 2 ** (attempts - 1);
  if (made.kind === 'silence') return isWrite ? (100 + random() * 300) * times : undefined;
  const { status, headers } = made.answer;
  if (status !== 429 && status !== 503) return undefined;
  const asked = headers['retry-after'];
  if (asked === undefined) return isWrite && mayHaveBeenDone(made) ? (100 + random() * 900) * times : undefined;
  const milliseconds = Number(asked) * 1_000;
  return milliseconds >= 0 && milliseconds <= LONGEST_PAUSE_MS ? milliseconds + random() * 500 : undefined;
}

function mayHaveBeenDone(attempt: Attempt): boolean {
  return attempt.kind === 'silence' ? attempt.sent : problemIn(attempt.answer)?.code === 'outcome_unknown';
}
