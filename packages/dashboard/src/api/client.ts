/** The management API, typed by `openapi.d.ts`. Everything that is sent to it goes through here. */
import createClient from 'openapi-fetch';
import { takeRead } from './early-reads.ts';
import type { paths, Session } from './openapi.d.ts';
import { problemOf } from './problem.ts';
import { createTransport } from './transport.ts';

export type { Session } from './openapi.d.ts';

let csrf: string | null = null;
let tellUnauthenticated = (): void => {};
let tellForbidden = (): void => {};

const transport = createTransport({
  fetch: (request) => takeRead(request) ?? fetch(request),
  sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
  random: Math.random,
  newId: () => randomId(),
  now: Date.now,
  csrf: () => csrf,
  renewCsrf,
  onUnauthenticated: () => tellUnauthenticated(),
  onForbidden: () => tellForbidden(),
});

/** `api.GET('/api/v1/…', { params, body, signal })`. Hand what it gives to `answer`. */
export const api = createClient<paths>({
  baseUrl: window.location.origin,
  credentials: 'same-origin',
  fetch: transport,
});

/**
 * Waits for a call and takes its body.
 *
 * @throws {ApiProblem} When the server refuses or cannot be reached.
 */
export async function answer<Body>(
  exchange: Promise<{ data?: Body; error?: unknown; response: Response }>,
): Promise<NonNullable<Body>> {
  const { data, error, response } = await exchange;
  if (data === undefined || data === null) throw problemOf(response.status, error, response.headers.get('retry-after'));
  return data;
}

/** The header of a write that was made on what was read at `version` (or, for entities, `revision`). */
export function ifMatch(version: number): { readonly 'If-Match': string } {
  return { 'If-Match': `"${version}"` };
}

/** The header that keeps why something was done; empty: none. */
export function reasonHeader(reason: string | null | undefined): { readonly 'Flaghoist-Reason'?: string } {
  const text = reason?.trim() ?? '';
  return text === '' ? {} : { 'Flaghoist-Reason': encodeURIComponent(text) };
}

/** Remembers whose session it is; null after signing out. Whoever receives a Session from a route hands it here (`adoptSession` does). */
export function keepCsrf(session: Pick<Session, 'csrf'> | null): void {
  csrf = session?.csrf ?? null;
}

/** Called when the server no longer knows who is asking. */
export function onUnauthenticated(tell: () => void): void {
  tellUnauthenticated = tell;
}

/** Called when the server refused for want of rights. */
export function onForbidden(tell: () => void): void {
  tellForbidden = tell;
}

/** A random id, also where the page came without TLS and the browser keeps `randomUUID` to itself. */
export function randomId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

async function renewCsrf(): Promise<string | null> {
  const response = await fetch('/api/v1/session', { credentials: 'same-origin' });
  if (!response.ok) return null;
  keepCsrf((await response.json()) as Session);
  return csrf;
}
