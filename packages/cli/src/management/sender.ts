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

type Attempt =
  | { readonly kind: 'answer'; readonly answer: ExchangeAnswer }
  | { readonly kind: 'silence'; readonly sent: boolean; readonly message: string };

/** Sends a message once, and a second and last time where that can help: the very same message, headers included. */
export function createSender(options: SenderOptions): (message: Message) => Promise<Outcome<Accepted>> {
  const { url } = options;

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

  function settle(message: Message, first: Attempt, last: Attempt): Outcome<Accepted> {
    if (last.kind === 'answer') return parseAnswer(last.answer, url, message.expected);
    const unknown = message.isWrite && (last.sent || mayHaveBeenDone(first));
    return { ok: false, refusal: { kind: unknown ? 'outcomeUnknown' : 'unreachable', url, message: last.message } };
  }

  return async (message) => {
    const first = await attempt(message);
    const pause = pauseBeforeSecond(first, message.isWrite, options.random);
    if (pause === undefined) return settle(message, first, first);
    await options.sleep(pause);
    return settle(message, first, await attempt(message));
  };
}

/** Milliseconds; undefined: the first attempt stands. */
function pauseBeforeSecond(first: Attempt, isWrite: boolean, random: () => number): number | undefined {
  if (first.kind === 'silence') return isWrite ? 100 + random() * 300 : undefined;
  const { status, headers } = first.answer;
  if (status !== 429 && status !== 503) return undefined;
  const asked = headers['retry-after'];
  if (asked === undefined) return isWrite && mayHaveBeenDone(first) ? 100 + random() * 900 : undefined;
  const milliseconds = Number(asked) * 1_000;
  return milliseconds >= 0 && milliseconds <= LONGEST_PAUSE_MS ? milliseconds + random() * 500 : undefined;
}

function mayHaveBeenDone(attempt: Attempt): boolean {
  return attempt.kind === 'silence' ? attempt.sent : problemIn(attempt.answer)?.code === 'outcome_unknown';
}
