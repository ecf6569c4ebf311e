/** A set-up installation with people in it, each at a desk of their own. */
import type { Browser } from 'playwright-core';
import { expect } from 'vitest';
import { openChromium } from '../browser/chromium.ts';
import { type ManagementApi, openManagementApi } from '../management-api.ts';
import { type RunningServer, type ServerPlace, startServer } from '../running-server.ts';
import type { Scene } from '../scene.ts';
import { type Desk, type DeskOptions, openDesk } from './desk.ts';

export interface Person {
  readonly name: string;
  readonly email: string;
  readonly password: string;
}

export interface Grant {
  readonly role: 'viewer' | 'editor' | 'admin';
  readonly project: string | null;
  readonly environment: string | null;
}

export interface Office {
  readonly server: RunningServer;
  readonly browser: Browser;
  /** The first admin. */
  readonly ada: Person;
  /** With an admin's token. */
  readonly api: ManagementApi;
  /** Invites somebody and accepts for them. */
  employ(name: string, grants: readonly Grant[]): Promise<Person>;
  /** A desk at which this person has signed in. */
  seat(person: Person, options?: DeskOptions): Promise<Desk>;
}

export const ADA: Person = { name: 'Ada Lovelace', email: 'ada@shop.example', password: 'an engine that weaves' };

/** Starts a server and sets it up, by the same requests as the pages make. */
export async function openOffice(scene: Scene, place: Partial<ServerPlace> = {}): Promise<Office> {
  const server = await startServer(scene, { data: await scene.folder(), ...place });
  const setup = server.setupUrl?.split('#')[1];
  const { cookie, csrf } = await post(server.url, '/setup/account', { setup, ...ADA });
  const made = await post(server.url, '/tokens', { name: 'test', role: 'admin' }, { cookie, 'flaghoist-csrf': csrf });
  const api = openManagementApi(server.url, made.body['secret'] as string);
  const browser = await openChromium(scene);
  return {
    server,
    browser,
    ada: ADA,
    api,
    async employ(name, grants) {
      const person = { name, email: `${name.toLowerCase()}@shop.example`, password: 'seven keys on one ring' };
      const { link } = await api.write<{ link: string }>('POST', '/invitations', { email: person.email, grants });
      await post(server.url, '/invitations/accept', {
        secret: link.split('#')[1],
        name: person.name,
        password: person.password,
      });
      return person;
    },
    async seat(person, options) {
      const desk = await openDesk(scene, browser, server.url, options);
      await signIn(desk, person);
      return desk;
    },
  };
}

/** By the page, as anybody would. */
export async function signIn({ page }: Desk, { email, password }: Pick<Person, 'email' | 'password'>): Promise<void> {
  await page.goto('/sign-in');
  await page.getByLabel('E-mail').fill(email);
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await page.waitForURL((url) => url.pathname !== '/sign-in');
}

interface Posted {
  readonly body: Readonly<Record<string, unknown>>;
  readonly cookie: string;
  readonly csrf: string;
}

async function post(
  url: string,
  path: string,
  body: object,
  headers: Readonly<Record<string, string>> = {},
): Promise<Posted> {
  const response = await fetch(`${url}/api/v1${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: url, 'sec-fetch-site': 'same-origin', ...headers },
    body: JSON.stringify(body),
  });
  const answer = (await response.json()) as Readonly<Record<string, unknown>>;
  expect(response.status, JSON.stringify(answer)).toBe(201);
  const [cookie = ''] = (response.headers.get('set-cookie') ?? '').split(';');
  const { csrf } = answer;
  return { body: answer, cookie, csrf: typeof csrf === 'string' ? csrf : '' };
}
