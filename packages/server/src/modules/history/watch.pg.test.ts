import type { ChangeResource, PresenceResource } from '@flaghoist/protocol/management';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { BOB, type Browser, EVE, join, setUpAccount } from '../../../test-support/browser.ts';
import { DATABASE_KINDS, type DatabasePlace } from '../../../test-support/database-place.ts';
import { type EventStream, openStream } from '../../../test-support/event-stream.ts';
import { historyOf } from '../../../test-support/project-in-use.ts';
import { type Hands, handsOf, type RunningServerUnderTest, startOn } from '../../../test-support/running-server.ts';
import { placeFor, stopCleanly } from '../../../test-support/started.ts';
import { until } from '../../../test-support/until.ts';

const ENVIRONMENTS = ['production', 'staging', 'qa'];
const BEAT_MS = 300;
/** A heartbeat, and time to ask. */
const CUT_MS = 5_000;

describe.each(DATABASE_KINDS)('watching over the %s', (kind) => {
  let place: DatabasePlace;
  let server: RunningServerUnderTest;
  let ada: Browser;
  let bob: Browser;
  let eve: Browser;
  let admin: Hands;
  let project: string;
  let made = 0;
  const streams: EventStream[] = [];

  beforeAll(async () => {
    place = await placeFor(kind);
    server = await startOn(place, { heartbeatMs: BEAT_MS });
    ada = await setUpAccount(server);
    const token = { name: 'script', role: 'admin' };
    admin = handsOf(server.client, (await ada.expect<{ secret: string }>(201, 'POST', '/tokens', token)).secret);
    await newProject();
    bob = await join(server, ada, BOB, [{ role: 'editor', project: project.slice(10), environment: 'production' }]);
    eve = await join(server, ada, EVE, [{ role: 'viewer', project: project.slice(10), environment: null }]);
  }, 60_000);
  afterAll(() => stopCleanly({ place, server }));
  beforeEach(() => newProject());
  afterEach(() => {
    for (const stream of streams.splice(0)) stream.close();
  });

  async function newProject(): Promise<void> {
    const key = `watched-${++made}`;
    project = `/projects/${key}`;
    await admin.write('POST', '/projects', { key, environments: ENVIRONMENTS });
    await admin.write('POST', `${project}/flags`, { key: 'a', type: 'boolean' });
    await caughtUp();
  }

  async function caughtUp(): Promise<void> {
    await until('everything is published', async () => {
      const { environments } = await admin.get<{ environments: readonly { revision: number; published: number }[] }>(
        '/status',
      );
      return environments.every(({ revision, published }) => revision === published);
    });
  }

  async function watch(who: Browser | string, query = '', lastEventId?: string, path = project): Promise<EventStream> {
    const cookies = (browser: Browser): string => [...browser.cookies].map((pair) => pair.join('=')).join('; ');
    const stream = await openStream(server.url, `${path}/watch${query}`, {
      ...(typeof who === 'string' ? { authorization: `Bearer ${who}` } : { cookie: cookies(who) }),
      ...(lastEventId === undefined ? {} : { 'last-event-id': lastEventId }),
    });
    streams.push(stream);
    return stream;
  }

  const edit = (environment: string, enabled: boolean, path = project) =>
    admin.write('PATCH', `${path}/environments/${environment}/flags/a`, { enabled }, { ifMatch: '*' });

  /** One change in all environments. */
  async function editEverywhere(enabled: boolean): Promise<void> {
    const edits = [];
    for (const environment of ENVIRONMENTS) {
      const { revision } = await admin.get<{ revision: number }>(`${project}/environments/${environment}/flags/a`);
      edits.push({ environment, flag: 'a', ifMatch: revision, set: { enabled } });
    }
    await admin.write('POST', `${project}/changes`, { edits });
  }

  async function grant(email: string, grants: readonly object[]): Promise<void> {
    const { items } = await ada.expect<{ items: readonly { id: string; email: string }[] }>(200, 'GET', '/people');
    const path = `/people/${items.find((person) => person.email === email)?.id}`;
    const { headers } = await ada.send('GET', path);
    await ada.expect(200, 'PATCH', path, { grants }, { ifMatch: String(headers.etag) });
  }

  const changesOf = (stream: EventStream) => stream.dataOf('change') as readonly ChangeResource[];
  const lists = (stream: EventStream) => stream.dataOf('presence') as readonly PresenceResource[];
  const told = (stream: EventStream) => changesOf(stream).map(({ id }) => id);
  const madeSince = async (count: number) =>
    (await historyOf(admin, project))
      .slice(0, count)
      .map(({ id }) => id)
      .reverse();

  it('tells each change once, in however many environments it was made, to a cookie as to a token', async () => {
    const [byCookie, byToken] = [await watch(ada), await watch(admin.token)];
    for (let i = 0; i < 10; i++) {
      await editEverywhere(i % 2 === 0);
      await edit('staging', i % 2 !== 0);
      await edit('staging', i % 2 === 0);
    }
    await caughtUp();
    for (const stream of [byCookie, byToken]) {
      await until('the last change is told', async () => told(stream).includes((await madeSince(1))[0] ?? ''));
      expect([...told(stream)].sort()).toEqual([...(await madeSince(30))].sort());
    }
    const [whole] = await historyOf(admin, project);
    expect(changesOf(byCookie).at(-1)).toEqual(whole);
  });

  it('goes on behind any event, with nothing missed and nothing told twice', async () => {
    const first = await watch(admin.token);
    for (let i = 0; i < 4; i++) await editEverywhere(i % 2 === 0);
    await until('four are told', () => told(first).length === 4);
    first.close();
    await editEverywhere(true);
    await caughtUp();
    const all = [...told(first), ...(await madeSince(1))];
    for (const [i, { id }] of first.events.entries()) {
      const next = await watch(admin.token, '', id ?? '');
      await until('the rest is told', () => told(next).length >= all.length - i - 1);
      expect(told(next)).toEqual(all.slice(i + 1));
    }
  });

  it('begins now for an event id that is not ours', async () => {
    const stream = await watch(admin.token, '', 'bm90IG91cnM');
    await edit('qa', true);
    await until('the edit is told', () => told(stream).length === 1);
  });

  it('tells of an environment that is made while it lives', async () => {
    const stream = await watch(admin.token);
    await admin.write('POST', `${project}/environments`, { key: 'later' });
    await until('its making is told', () => told(stream).length === 1, CUT_MS);
    expect(changesOf(stream)[0]).toMatchObject({
      action: 'environment.create',
      revisions: [{ environment: 'later', revision: 1 }],
    });
    await admin.write('PATCH', `${project}/environments/later/flags/a`, { enabled: true }, { ifMatch: '*' });
    await until('an edit in it is told', () => told(stream).length === 2);
  });

  it('tells of visible environments only, and of one if one is named', async () => {
    await grant(BOB.email, [{ role: 'editor', project: project.slice(10), environment: 'staging' }]);
    await edit('staging', true);
    await caughtUp();
    const [part, qa] = [await watch(bob), await watch(admin.token, '?environment=qa')];
    expect((await watch(bob, '?environment=qa')).status).toBe(400);
    expect((await watch(bob, '', undefined, '/projects/watched-1')).status).toBe(404);
    await edit('production', true);
    await edit('qa', true);
    await editEverywhere(false);
    await until('the change is told', () => told(part).length > 0 && told(qa).length === 2);
    const [change, ...others] = changesOf(part);
    expect(others).toEqual([]);
    expect(change?.revisions.map(({ environment }) => environment)).toEqual(['staging']);
    expect(change?.entities).toEqual([{ environment: 'staging', kind: 'flag', key: 'a', deleted: false }]);
    expect(change?.entityCount).toBe(1);
  });

  it('ends within a heartbeat for whoever lost the right to look, and for nobody else', async () => {
    const key = project.slice(10);
    const [production, staging] = ['production', 'staging'].map((environment) => ({
      role: 'viewer',
      project: key,
      environment,
    }));
    await grant(BOB.email, [production ?? {}, staging ?? {}]);
    await grant(EVE.email, [{ role: 'viewer', project: key, environment: null }]);
    const { id, secret } = await admin.write<{ id: string; secret: string }>('POST', '/tokens', {
      name: 'x',
      role: 'viewer',
    });
    // One after the other: when the last one has looked again, the first ones have.
    const kept = await watch(ada);
    const narrowed = await watch(bob);
    const byGrants = await watch(bob, '?environment=staging');
    const ofEve = await watch(eve);
    const byToken = await watch(secret);
    await grant(BOB.email, [production ?? {}]);
    await eve.expect(200, 'POST', '/session/end', {});
    await admin.write('POST', `/tokens/${id}/revoke`);
    await until('they are cut', () => [byGrants, ofEve, byToken].every((stream) => stream.isEnded), CUT_MS);
    await edit('staging', true);
    await edit('production', true);
    await until('the others are told', () => told(kept).length === 2 && told(narrowed).length > 0);
    expect([kept.isEnded, narrowed.isEnded]).toEqual([false, false]);
    expect(changesOf(narrowed).map(({ revisions }) => revisions[0]?.environment)).toEqual(['production']);
    await eve.signIn(EVE.email, EVE.password);
  });

  it('tells who else is there, as far as their pages may be seen', async () => {
    const key = project.slice(10);
    await grant(BOB.email, [{ role: 'editor', project: key, environment: 'production' }]);
    await grant(EVE.email, [{ role: 'viewer', project: key, environment: 'staging' }]);
    const report = (browser: Browser, body: object) =>
      browser.expect<PresenceResource>(200, 'POST', `${project}/presence`, { page: 'page-0001', ...body });
    const [ofAda, ofBob, ofEve] = await Promise.all([watch(ada), watch(bob), watch(eve)]);
    const last = (stream: EventStream) =>
      lists(stream)
        .at(-1)
        ?.people.map(({ name, doing, flag }) => `${name} ${doing} ${flag}`);
    await report(bob, { doing: 'editing', environment: 'production', flag: 'a' });
    await until('Ada is told', () => last(ofAda)?.[0] === 'Bob editing a');
    const { people } = await report(ada, { doing: 'viewing' });
    expect(people).toEqual([
      {
        person: expect.stringMatching(/^[0-9a-f-]{36}$/) as unknown,
        name: 'Bob',
        page: 'page-0001',
        doing: 'editing',
        environment: 'production',
        flag: 'a',
        segment: null,
      },
    ]);
    await until('the others are told of Ada', () => last(ofBob)?.length === 1 && last(ofEve)?.length === 1);
    expect(last(ofBob)).toEqual(['Ada viewing null']);
    expect(last(ofEve)).toEqual(['Ada viewing null']);
    await report(bob, { doing: 'gone' });
    await until('Ada is told that Bob is gone', () => last(ofAda)?.length === 0);
    const byToken = await admin.send('POST', `${project}/presence`, { page: 'page-0001', doing: 'viewing' });
    expect(byToken.status).toBe(403);
    const hidden = await bob.send('POST', `${project}/presence`, {
      page: 'page-0001',
      doing: 'viewing',
      environment: 'qa',
    });
    expect(hidden.status).toBe(400);
    const forged = await bob.send(
      'POST',
      `${project}/presence`,
      { page: 'page-0001', doing: 'viewing' },
      { headers: { 'flaghoist-csrf': undefined } },
    );
    expect(forged.status).toBe(403);
    await report(ada, { doing: 'gone' });
  });
});
