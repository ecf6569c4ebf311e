import type { ChangeResource } from '@flaghoist/protocol/management';
import { EXIT, type ExitCode } from '../../exit-codes.ts';
import type { Host } from '../../host.ts';
import { checkKey } from '../../input/key.ts';
import type { Invocation, ProjectOptions, ServerOptions } from '../../invocation.ts';
import { apiPath, withQuery } from '../../management/api-path.ts';
import { followStream, type StreamEnd } from '../../management/change-stream.ts';
import type { ExchangeAnswer } from '../../management/exchange.ts';
import { parseAnswer } from '../../management/answer.ts';
import { failureOf, type Refusal } from '../../management/refusal.ts';
import { changeLine } from '../../output/change-text.ts';
import { plainText } from '../../output/plain-text.ts';
import { openSession, type Session } from '../../session.ts';

/** The server says something every 15 s. */
const SILENCE_MS = 45_000;
const FIRST_DELAY_MS = 250;
const LONGEST_DELAY_MS = 30_000;
const RECENT_IDS = 1_000;

/**
 * Prints changes until it is stopped. A lost stream is taken up again where it ended, after a random delay that grows
 * to 30 s. The command fails when the first attempt finds no server, and when it is refused for good.
 */
export async function watch(
  invocation: Invocation<ServerOptions & ProjectOptions & { readonly environment?: string }>,
): Promise<ExitCode> {
  const { environment } = invocation.options;
  const project = checkKey(invocation.options.project, 'project');
  if (environment !== undefined) checkKey(environment, 'environment');
  const session = await openSession(invocation);
  const stop = new AbortController();
  const forget = session.host.onStop(() => stop.abort());
  try {
    const path = withQuery(apiPath`/projects/${project}/watch`, { environment });
    await followUntilStopped(session, `${session.client.url}/api/v1${path}`, stop.signal);
    return EXIT.ok;
  } finally {
    forget();
  }
}

async function followUntilStopped(session: Session, url: string, signal: AbortSignal): Promise<void> {
  const { host, reporter } = session;
  let lastEventId: string | null = null;
  let attempts = 0;
  let opened = false;
  const isNew = createRecentIds();
  for (;;) {
    const end: StreamEnd = await followStream({
      url,
      headers: headersOf(session, lastEventId),
      signal,
      tls: session.tls,
      silenceMs: SILENCE_MS,
      onEvent: ({ event, id, data }) => {
        lastEventId = id ?? lastEventId;
        attempts = 0;
        if (event === 'change') printChange(session, data, isNew);
      },
    });
    if (end.kind === 'stopped') return;
    const refusal = refusalOf(end, session.client.url);
    if (refusal !== undefined && !passes(refusal)) throw failureOf(refusal);
    if (end.kind === 'lost') {
      // Whoever starts to watch wants to know that there is nothing to watch.
      if (!end.opened && !opened)
        throw failureOf({ kind: 'unreachable', url: session.client.url, message: end.message });
      opened = true;
    }
    const delay = Math.max(backoff(attempts, host), retryAfter(end));
    attempts += 1;
    reporter.note(
      plainText(`The stream was lost (${reasonOf(end)}). Next attempt in ${(delay / 1_000).toFixed(1)} s.`),
    );
    try {
      await host.sleep(delay, signal);
    } catch {
      return;
    }
  }
}

function headersOf({ token, userAgent }: Session, lastEventId: string | null): { readonly [name: string]: string } {
  return {
    accept: 'text/event-stream',
    authorization: `Bearer ${token}`,
    'user-agent': userAgent,
    ...(lastEventId === null ? {} : { 'last-event-id': lastEventId }),
  };
}

function printChange({ reporter }: Session, data: string, isNew: (id: string) => boolean): void {
  let change: ChangeResource;
  try {
    change = JSON.parse(data) as ChangeResource;
  } catch {
    reporter.note('A change was sent that is not JSON; it is passed over.');
    return;
  }
  if (isNew(change.id)) reporter.line(change, () => changeLine(change));
}

/** A stream that is taken up again may begin with changes it has sent before: it names its place once a batch. */
function createRecentIds(): (id: string) => boolean {
  const recent = new Set<string>();
  return (id) => {
    if (recent.has(id)) return false;
    recent.add(id);
    const [oldest] = recent;
    if (recent.size > RECENT_IDS && oldest !== undefined) recent.delete(oldest);
    return true;
  };
}

function refusalOf(end: StreamEnd, url: string): Refusal | undefined {
  if (end.kind !== 'refused') return undefined;
  const outcome = parseAnswer(end.answer, url, 'event stream');
  if (!outcome.ok) return outcome.refusal;
  return { kind: 'foreign', url, status: end.answer.status, message: 'this is no event stream.' };
}

/** Overload and failures of the server or of a proxy pass; what is wrong with the request does not. */
function passes(refusal: Refusal): boolean {
  const status = 'status' in refusal ? refusal.status : 0;
  return status === 429 || status >= 500;
}

function backoff(attempts: number, host: Host): number {
  return host.random() * Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** attempts);
}

function retryAfter(end: StreamEnd): number {
  const answer: ExchangeAnswer | undefined = end.kind === 'refused' ? end.answer : undefined;
  const seconds = Number(answer?.headers['retry-after'] ?? 0);
  return seconds > 0 ? Math.min(seconds * 1_000, LONGEST_DELAY_MS) : 0;
}

function reasonOf(end: StreamEnd): string {
  if (end.kind === 'lost') return end.message.replace(/\.$/, '');
  return end.kind === 'refused' ? `answer ${end.answer.status}` : 'stopped';
}
