/** A request that is sent again with its Idempotency-Key gets the first answer, and does nothing a second time. */
import { randomUUID } from 'node:crypto';
import { mintSecret } from '@flaghoist/protocol/keys';
import { randomBytes, sha256 } from '@flaghoist/runtime/crypto';
import { createDatabase } from '@flaghoist/testkit/postgres';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { type ApiAnswer, expectStatus } from '../test-support/api-client.ts';
import { DATABASE_KINDS, type DatabasePlace, makePlace } from '../test-support/database-place.ts';
import { historyOf, listAll, makeProject } from '../test-support/project-in-use.ts';
import { type Hands, handsOf, type RunningServerUnderTest, startOn } from '../test-support/running-server.ts';
import { startOver, stopCleanly } from '../test-support/started.ts';

/** What a retry must repeat. */
function told({ status, headers, text }: ApiAnswer) {
  const { etag, location } = headers;
  return { status, text, etag, location, change: headers['flaghoist-change'], revision: headers['flaghoist-revision'] };
}

const isReplay = (answer: ApiAnswer): boolean => answer.headers['idempotency-replayed'] === 'true';

describe.each(DATABASE_KINDS)('a retry over the %s', (kind) => {
  let place: DatabasePlace;
  let server: RunningServerUnderTest;
  let admin: Hands;

  beforeAll(async () => {
    ({ place, server, admin } = await startOver(kind));
  });
  afterAll(() => stopCleanly({ place, server }));

  type Write = readonly [what: string, method: string, path: string, body: object | undefined, ifMatch: string | null];
  const writes: readonly Write[] = [
    ['a new flag', 'POST', '/flags', { key: 'search', type: 'boolean' }, null],
    ['a new environment', 'POST', '/environments', { key: 'qa' }, null],
    ['a new segment', 'POST', '/environments/production/segments', { key: 'wider' }, null],
    ['a new key', 'POST', '/keys', { kind: 'server', environments: ['production'] }, null],
    ['an edited flag', 'PATCH', '/flags/checkout', { name: 'Checkout' }, '"1"'],
    ['an edited configuration', 'PATCH', '/environments/production/flags/checkout', { enabled: true }, '"2"'],
    ['an edit of nothing', 'PATCH', '/environments/production/flags/checkout', { enabled: false }, '"2"'],
    [
      'a change of several',
      'POST',
      '/changes',
      { edits: [{ environment: 'production', flag: 'checkout', ifMatch: 2, set: { enabled: true } }] },
      null,
    ],
    ['an archived segment', 'POST', '/environments/production/segments/beta/archive', undefined, '"3"'],
    ['an archived flag', 'POST', '/flags/checkout/archive', undefined, '"1"'],
    ['an archived environment', 'POST', '/environments/production/archive', undefined, '"1"'],
    ['an archived project', 'POST', '/archive', undefined, '"1"'],
  ];

  it.each(writes)('of %s gets the first answer, word for word', async (_, method, path, body, ifMatch) => {
    const project = await makeProject(admin, { flags: ['checkout'], segments: ['beta'] });
    const options = { idempotencyKey: randomUUID(), ...(ifMatch === null ? {} : { ifMatch }) };
    const send = () => admin.send(method, `${project}${path}`, body, options);
    const first = await send();
    expect(first.status, first.text).toBeLessThan(300);
    const history = await historyOf(admin, project);
    const retries = [await send(), await send()];
    expect([isReplay(first), ...retries.map(isReplay)]).toEqual([false, true, true]);
    expect(retries.map(told)).toEqual([told(first), told(first)]);
    expect(await historyOf(admin, project)).toEqual(history);
  });

  it('repeats the secrets of keys and tokens, which nothing else can show again', async () => {
    const project = await makeProject(admin);
    for (const [path, body] of [
      ['/tokens', { name: 'ci', role: 'editor' }],
      [`${project}/keys`, { kind: 'client', environments: ['production'] }],
    ] as const) {
      const options = { idempotencyKey: randomUUID() };
      const [first, retry] = [
        await admin.send('POST', path, body, options),
        await admin.send('POST', path, body, options),
      ];
      const { id, secret } = expectStatus<{ id: string; secret: string }>(retry, 201);
      expect(told(retry)).toEqual(told(first));
      expect(secret).toMatch(/^fh[ct]_/);
      const shown = (await listAll<{ id: string }>(admin, path)).filter((one) => one.id === id);
      expect(shown.length).toBe(1);
      expect(shown[0]).not.toHaveProperty('secret');
    }
  });

  it('at the same time as the first attempt waits for it and gets its answer', async () => {
    const project = await makeProject(admin, { flags: ['checkout'] });
    const before = await historyOf(admin, project);
    const send = (path: string, body: object, idempotencyKey: string) =>
      Promise.all(Array.from({ length: 12 }, () => admin.send('POST', `${project}${path}`, body, { idempotencyKey })));
    for (const [path, body] of [
      ['/flags', { key: 'search', type: 'boolean' }],
      ['/keys', { kind: 'server', environments: ['production'] }],
    ] as const) {
      const answers = await send(path, body, randomUUID());
      expect(answers.filter((answer) => !isReplay(answer)).length).toBe(1);
      for (const answer of answers) expect(told(answer)).toEqual(told(answers.at(0)!));
      expect(answers[0]?.status).toBe(201);
    }
    expect((await historyOf(admin, project)).length).toBe(before.length + 2);
  });

  it('of what was refused is tried anew', async () => {
    const project = await makeProject(admin, { flags: ['checkout'] });
    const options = { idempotencyKey: randomUUID() };
    const send = () => admin.send('POST', `${project}/environments/qa/segments`, { key: 'beta' }, options);
    expect((await send()).status).toBe(404);
    await admin.write('POST', `${project}/environments`, { key: 'qa' });
    const made = await send();
    expect([made.status, isReplay(made)]).toEqual([201, false]);
  });

  it('with the key of another caller is another request', async () => {
    const project = await makeProject(admin);
    const { secret } = await admin.write<{ secret: string }>('POST', '/tokens', { name: 'second', role: 'admin' });
    const other = handsOf(server.client, secret);
    const options = { idempotencyKey: randomUUID() };
    const body = { kind: 'server', environments: ['production'] };
    const mine = await admin.send('POST', `${project}/keys`, body, options);
    const theirs = await other.send('POST', `${project}/keys`, body, options);
    expect([mine.status, theirs.status, isReplay(theirs)]).toEqual([201, 201, false]);
    expect(theirs.text).not.toBe(mine.text);
  });

  it('outlives a restart of the server', async () => {
    const project = await makeProject(admin);
    const options = { idempotencyKey: randomUUID() };
    const body = { kind: 'server', environments: ['production'] };
    const first = await admin.send('POST', `${project}/keys`, body, options);
    await server.stop();
    server = await startOn(place);
    expect(server.setup).toBeNull();
    admin = handsOf(server.client, admin.token);
    const retry = await admin.send('POST', `${project}/keys`, body, options);
    expect([told(retry), isReplay(retry)]).toEqual([told(first), true]);
  });
});

describe.each(DATABASE_KINDS)('the setup over the %s', (kind) => {
  it('is completed by one of several who follow the link at once, and repeated to that one only', async () => {
    const place = await makePlace(kind, () => createDatabase(inject('flaghoistPostgresUrl')));
    const server = await startOn(place);
    const body = { setup: server.setup };
    const send = (idempotencyKey: string) =>
      server.client.send({
        method: 'POST',
        path: '/api/v1/setup',
        body,
        headers: { 'idempotency-key': idempotencyKey },
      });
    const stranger = { setup: mintSecret('setup', randomBytes(40), sha256).text };
    const refused = await server.client.send({ method: 'POST', path: '/api/v1/setup', body: stranger });
    expect([refused.status, JSON.parse(refused.text)]).toMatchObject([403, { code: 'setup_invalid' }]);
    const keys = Array.from({ length: 6 }, () => randomUUID());
    const answers = await Promise.all(keys.map(send));
    const winner = answers.findIndex((answer) => answer.status === 201);
    expect(answers.map(({ status }) => status).sort((a, b) => a - b)).toEqual([201, 409, 409, 409, 409, 409]);
    const retry = await send(keys.at(winner)!);
    expect([told(retry), isReplay(retry)]).toEqual([told(answers.at(winner)!), true]);
    const admin = handsOf(server.client, expectStatus<{ secret: string }>(retry, 201).secret);
    expect(await listAll(admin, '/tokens')).toHaveLength(1);
    await server.stop();
    await place.remove();
  });
});
