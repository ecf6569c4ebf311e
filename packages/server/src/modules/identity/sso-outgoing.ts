/** Requests to identity providers: to allowed addresses only, no redirects, five seconds, one megabyte. */
import { lookup as systemLookup, type LookupAddress, type LookupOptions } from 'node:dns';
import type { LookupFunction } from 'node:net';
import { isAllowedAddress, isAllowedUrl } from './sso-addresses.ts';

/** The provider cannot be asked, or does not answer. The message is for the log. */
export class OutgoingError extends Error {
  override readonly name = 'OutgoingError';
}

/** All addresses of a name. */
export type LookupAll = (
  name: string,
  options: LookupOptions & { readonly all: true },
  done: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void;

export interface OutgoingRequest {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

export type Outgoing = (url: string, request: OutgoingRequest) => Promise<Response>;

export interface OutgoingDeps {
  readonly onLoopback: boolean;
  /** Absent: the system's. */
  readonly lookup?: LookupAll;
  /** Absent: 5,000. */
  readonly deadlineMs?: number;
}

const DEADLINE_MS = 5_000;
const MOST_BYTES = 1 << 20;

/** @throws {OutgoingError} for whatever keeps an answer below 500 from coming whole and in time. */
export function createOutgoing({
  onLoopback,
  lookup = systemLookup,
  deadlineMs = DEADLINE_MS,
}: OutgoingDeps): Outgoing {
  return async (url, { method = 'GET', headers = {}, body }) => {
    if (!isAllowedUrl(new URL(url), onLoopback))
      throw new OutgoingError(`${new URL(url).origin} may not be asked: not https, or an address no provider has`);
    const { Agent, fetch } = await import('undici');
    const connect = { lookup: guardLookup(lookup, onLoopback), timeout: deadlineMs };
    // Of its own, so that nothing stays open: a sign-in makes two or three requests.
    const dispatcher = new Agent({
      connect,
      connections: 1,
      pipelining: 0,
      headersTimeout: deadlineMs,
      bodyTimeout: deadlineMs,
    });
    const signal = AbortSignal.timeout(deadlineMs);
    try {
      const answer = await fetch(url, { method, headers, ...bodyOf(body), redirect: 'manual', signal, dispatcher });
      const bytes = await readAll(answer.body, url);
      if (answer.status >= 500) throw new OutgoingError(`${new URL(url).origin} answered ${answer.status}`);
      const type = answer.headers.get('content-type');
      const isWithoutBody = answer.status === 204 || answer.status === 304;
      return new Response(isWithoutBody ? null : bytes, {
        status: answer.status,
        headers: type === null ? {} : { 'content-type': type },
      });
    } catch (error) {
      if (error instanceof OutgoingError) throw error;
      throw new OutgoingError(`${new URL(url).origin} did not answer: ${reasonOf(error)}`, { cause: error });
    } finally {
      await dispatcher.destroy();
    }
  };
}

/** A name with one address that is not allowed is refused as a whole: it would be a matter of chance otherwise. */
export function guardLookup(lookup: LookupAll, onLoopback: boolean): LookupFunction {
  return (name, options, done) => {
    lookup(name, { ...options, all: true }, (error, addresses) => {
      if (error !== null) return done(error, '', 4);
      const refused = addresses.find(({ address }) => !isAllowedAddress(address, onLoopback));
      const [first] = addresses;
      if (refused !== undefined || first === undefined)
        return done(
          new OutgoingError(`${name} is at ${refused?.address ?? 'no address'}, where no provider is`),
          '',
          4,
        );
      return options.all === true ? done(null, addresses) : done(null, first.address, first.family);
    });
  };
}

/** Unpacked: a small answer that unpacks to a large one is large. */
async function readAll(body: AsyncIterable<Uint8Array> | null, url: string): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body ?? []) {
    size += chunk.length;
    if (size > MOST_BYTES) throw new OutgoingError(`${new URL(url).origin} answered more than ${MOST_BYTES} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** As text: this `fetch` does not know the other one's classes. */
function bodyOf(body: unknown): { readonly body?: string } {
  if (body == null) return {};
  if (typeof body === 'string') return { body };
  if (body instanceof URLSearchParams) return { body: body.toString() };
  throw new TypeError('only text and forms are sent to providers');
}

function reasonOf(error: unknown): string {
  const { message, cause } = error as { readonly message?: string; readonly cause?: unknown };
  return cause instanceof Error ? cause.message : (message ?? String(error));
}
