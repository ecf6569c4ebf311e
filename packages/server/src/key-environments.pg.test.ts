/** The environments of a relay key, edited, on their way to the edges that follow with it. */
import type { Environment, ProblemDocument, SdkKey } from '@flaghoist/protocol/management';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectStatus } from '../test-support/api-client.ts';
import { DATABASE_KINDS } from '../test-support/database-place.ts';
import { historyOf, makeProject } from '../test-support/project-in-use.ts';
import { type Started, startOver, stopCleanly } from '../test-support/started.ts';
import { until } from '../test-support/until.ts';

const ALL = ['production', 'staging', 'qa'];

type Created = SdkKey & { readonly secret: string };

describe.each(DATABASE_KINDS)('the environments of a relay key over the %s', (kind) => {
  let started: Started;
  let project: string;

  beforeAll(async () => {
    started = await startOver(kind);
    project = await makeProject(started.admin, { environments: ALL, flags: ['checkout'] });
  });
  afterAll(() => stopCleanly(started));

  const make = (environments: readonly string[], of: 'relay' | 'server' = 'relay') =>
    started.admin.write<Created>('POST', `${project}/keys`, { kind: of, environments });
  const edit = (id: string, set: object) => started.admin.send('PATCH', `${project}/keys/${id}`, set);
  const at = (environment: string) => started.admin.get<Environment>(`${project}/environments/${environment}`);
  const revisions = async () => Promise.all(ALL.map(async (key) => (await at(key)).revision));
  async function idsOf(environments: readonly string[]): Promise<readonly string[]> {
    return Promise.all(environments.map(async (key) => (await at(key)).id));
  }
  /** What the edge in this process lists for the key, and says of all that an edge below may hold. */
  async function listed(secret: string) {
    const held = (await idsOf(ALL)).map((id) => `held=${id}`).join('&');
    const answer = await started.server.client.send({
      method: 'GET',
      path: `/native/v1/environments?${held}`,
      token: secret,
    });
    const { environments, withdrawn } = JSON.parse(answer.text) as { environments?: string[]; withdrawn?: string[] };
    return { environments: [...(environments ?? [])].sort(), withdrawn: [...(withdrawn ?? [])].sort() };
  }
  const expectListed = async (secret: string, environments: readonly string[]) => {
    const [wanted, others] = [await idsOf(environments), await idsOf(ALL.filter((key) => !environments.includes(key)))];
    const expected = { environments: [...wanted].sort(), withdrawn: [...others].sort() };
    await until('the edge lists them', async () => JSON.stringify(await listed(secret)) === JSON.stringify(expected));
  };

  it('are edited: one is added, one is taken away, and only their revisions move', async () => {
    const { id, secret } = await make(['production', 'staging']);
    await expectListed(secret, ['production', 'staging']);
    const [production = 0, staging = 0, qa = 0] = await revisions();
    const edited = expectStatus<SdkKey>(await edit(id, { environments: ['qa', 'production'] }), 200);
    expect(edited.environments).toEqual(['qa', 'production']);
    expect(await revisions()).toEqual([production, staging + 1, qa + 1]);
    await expectListed(secret, ['production', 'qa']);
    const [newest] = await historyOf(started.admin, project);
    expect(newest).toMatchObject({ action: 'key.edit' });
    expect(newest?.revisions.map(({ environment }) => environment).sort()).toEqual(['qa', 'staging']);
    expectStatus(await edit(id, { environments: ['qa', 'production'] }), 200);
    expect(await revisions()).toEqual([production, staging + 1, qa + 1]);
    expectStatus(await edit(id, { environments: ['staging'], rateLimit: 9 }), 200);
    expect(await revisions()).toEqual([production + 1, staging + 2, qa + 2]);
    await expectListed(secret, ['staging']);
  });

  it('taken away while a stream is open: the stream carries nothing of it after that', async () => {
    const { id, secret } = await make(['production', 'staging']);
    await expectListed(secret, ['production', 'staging']);
    const [production, staging] = await idsOf(['production', 'staging']);
    const response = await fetch(
      `${started.server.url}/native/v1/stream?environment=${production ?? ''}&environment=${staging ?? ''}`,
      { headers: { authorization: `Bearer ${secret}` } },
    );
    const reader = (response.body as ReadableStream<Uint8Array>).pipeThrough(new TextDecoderStream()).getReader();
    let heard = '';
    const hears = async (text: string) => {
      while (!heard.includes(text)) {
        const { done, value = '' } = await reader.read();
        if (done) throw new Error(`the stream ended without ${text}: ${heard}`);
        heard += value;
      }
    };
    await hears(staging ?? '?');
    expectStatus(await edit(id, { environments: ['production'] }), 200);
    await hears('event: environments');
    const before = heard.length;
    await started.admin.write(
      'PATCH',
      `${project}/environments/staging/flags/checkout`,
      { enabled: true },
      { ifMatch: '*' },
    );
    await started.admin.write(
      'PATCH',
      `${project}/environments/production/flags/checkout`,
      { enabled: true },
      { ifMatch: '*' },
    );
    await hears('"enabled":true');
    expect(heard.slice(before)).toContain(production);
    expect(heard.slice(before)).not.toContain(staging);
    await reader.cancel();
    const ruleset = await started.server.client.send({
      method: 'GET',
      path: `/native/v1/ruleset?environment=${staging ?? ''}`,
      token: secret,
    });
    expect(JSON.parse(ruleset.text)).toMatchObject({ status: 403, code: 'environment_not_allowed' });
  });

  it('are refused for other kinds, for a revoked key, and where there is no such environment', async () => {
    const problem = async (id: string, set: object) =>
      expectStatus<ProblemDocument>(await edit(id, set), 400).errors?.[0];
    const server = await make(['production'], 'server');
    expect(await problem(server.id, { environments: ['staging'] })).toMatchObject({
      path: '$.environments',
      message: expect.stringContaining('A server key belongs to its one environment'),
    });
    const relay = await make(['production']);
    expect(await problem(relay.id, { environments: ['production', 'nowhere'] })).toMatchObject({
      path: '$.environments[1]',
    });
    expect(await problem(relay.id, { environments: [] })).toMatchObject({ path: '$.environments' });
    expectStatus(await edit(relay.id, {}), 400);
    await started.admin.write('POST', `${project}/keys/${relay.id}/revoke`);
    expect(await problem(relay.id, { environments: ['staging'] })).toMatchObject({ code: 'revoked' });
  });

  it('are added by nobody who does not administer them', async () => {
    const { id } = await make(['production']);
    const [, , name] = project.split('/');
    const { secret } = await started.admin.write<{ readonly secret: string }>('POST', '/tokens', {
      name: 'part',
      role: 'admin',
      project: name,
      environment: 'production',
    });
    const answer = await started.server.client.send({
      method: 'PATCH',
      path: `/api/v1${project}/keys/${id}`,
      token: secret,
      body: { environments: ['production', 'staging'] },
    });
    expect(expectStatus<ProblemDocument>(answer, 400).errors?.[0]?.path).toBe('$.environments[1]');
    expect((await started.admin.get<{ items: readonly SdkKey[] }>(`${project}/keys`)).items).toContainEqual(
      expect.objectContaining({ id, environments: ['production'] }),
    );
  });
});
