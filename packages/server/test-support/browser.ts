/** A browser on the dashboard's own pages: it keeps cookies, and sends what browsers send with requests of a page. */
import { randomUUID } from 'node:crypto';
import type { Session, SignIn } from '@flaghoist/protocol/management';
import { type ApiAnswer, expectStatus } from './api-client.ts';
import type { RunningServerUnderTest } from './running-server.ts';

export interface BrowserRequest {
  readonly ifMatch?: string;
  readonly idempotencyKey?: string;
  /** Added last; undefined takes one away. */
  readonly headers?: Readonly<Record<string, string | undefined>>;
}

export interface Browser {
  /** By name, as they were set. */
  readonly cookies: Map<string, string>;
  /** Of the session; what writes send as `flaghoist-csrf`. */
  csrf: string;
  /** Paths begin below `/api/v1`. */
  send(method: string, path: string, body?: unknown, request?: BrowserRequest): Promise<ApiAnswer>;
  /** The body of an answer that has to have this status. */
  expect<Body>(
    status: number,
    method: string,
    path: string,
    body?: unknown,
    request?: BrowserRequest,
  ): Promise<Readonly<Body>>;
  /** Signs in with a password, by a person who has no second factor. */
  signIn(email: string, password: string): Promise<Session>;
}

export function openBrowser(server: RunningServerUnderTest, origin: string = server.url): Browser {
  const cookies = new Map<string, string>();

  function keep(answer: ApiAnswer): void {
    for (const text of answer.headers['set-cookie'] ?? []) {
      const [pair = '', ...attributes] = text.split('; ');
      const name = pair.slice(0, pair.indexOf('='));
      if (attributes.includes('Max-Age=0')) cookies.delete(name);
      else cookies.set(name, pair.slice(name.length + 1));
    }
  }

  const browser: Browser = {
    cookies,
    csrf: '',
    async send(method, path, body, { ifMatch, idempotencyKey = randomUUID(), headers = {} } = {}) {
      const isRead = method === 'GET' || method === 'HEAD';
      const all: Record<string, string | undefined> = {
        'sec-fetch-site': 'same-origin',
        'user-agent': 'a browser',
        ...(isRead ? {} : { origin, 'idempotency-key': idempotencyKey }),
        ...(isRead || browser.csrf === '' ? {} : { 'flaghoist-csrf': browser.csrf }),
        ...(ifMatch === undefined ? {} : { 'if-match': ifMatch }),
        ...(cookies.size === 0 ? {} : { cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; ') }),
        ...headers,
      };
      const sent = Object.fromEntries(
        Object.entries(all).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
      );
      const answer = await server.client.send({ method, path: `/api/v1${path}`, body, headers: sent });
      keep(answer);
      const known = /^\{.*"csrf":"([^"]+)"/.exec(answer.text)?.[1];
      if (known !== undefined) browser.csrf = known;
      return answer;
    },
    async expect<Body>(status: number, method: string, path: string, body?: unknown, request?: BrowserRequest) {
      return expectStatus<Body>(await browser.send(method, path, body, request), status);
    },
    async signIn(email, password) {
      const { session } = await browser.expect<SignIn>(201, 'POST', '/session', { email, password });
      if (session === null) throw new Error('a code is needed');
      return session;
    },
  };
  return browser;
}

export const ADA = { email: 'ada@shop.example', name: 'Ada', password: 'lines of old verse' };
export const BOB = { email: 'bob@shop.example', name: 'Bob', password: 'seven small islands' };
export const EVE = { email: 'eve@shop.example', name: 'Eve', password: 'a garden behind it' };

/** Completes the setup with the first account; answers the browser in which it is signed in. */
export async function setUpAccount(server: RunningServerUnderTest, person = ADA): Promise<Browser> {
  const browser = openBrowser(server);
  await browser.expect(201, 'POST', '/setup/account', { setup: server.setup, ...person });
  return browser;
}

/** Invites somebody and accepts it for them; answers their browser. */
export async function join(
  server: RunningServerUnderTest,
  admin: Browser,
  person: typeof ADA,
  grants: readonly { role: string; project: string | null; environment: string | null }[],
): Promise<Browser> {
  const { link } = await admin.expect<{ link: string }>(201, 'POST', '/invitations', { email: person.email, grants });
  const browser = openBrowser(server);
  const { name, password } = person;
  await browser.expect(201, 'POST', '/invitations/accept', { secret: link.split('#')[1], name, password });
  return browser;
}

export const everywhere = (role: string) => [{ role, project: null, environment: null }];

/** What a one-time link is shown with. */
export function secretOf({ link }: { readonly link: string }): string {
  return link.split('#')[1] ?? '';
}
