/** A key's own limit on its way from whoever sets it to the edge that keeps it. */
import type { SdkKey } from '@flaghoist/protocol/management';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DATABASE_KINDS } from '../test-support/database-place.ts';
import { makeProject } from '../test-support/project-in-use.ts';
import { type Started, startOver, stopCleanly } from '../test-support/started.ts';
import { until } from '../test-support/until.ts';

describe.each(DATABASE_KINDS)('the limit of a key over the %s', (kind) => {
  let started: Started;
  let project: string;

  beforeAll(async () => {
    started = await startOver(kind);
    project = await makeProject(started.admin, { flags: ['checkout'] });
  });
  afterAll(() => stopCleanly(started));

  const make = (rateLimit?: number | null) =>
    started.admin.write<SdkKey & { readonly secret: string }>('POST', `${project}/keys`, {
      kind: 'server',
      environments: ['production'],
      ...(rateLimit === undefined ? {} : { rateLimit }),
    });
  const edit = (id: string, rateLimit: unknown, status = 200) =>
    started.admin.send('PATCH', `${project}/keys/${id}`, { rateLimit }).then((answer) => {
      expect(answer.status).toBe(status);
      return JSON.parse(answer.text) as SdkKey;
    });
  const ask = (key: string) =>
    started.server.client.send({ method: 'POST', path: '/ofrep/v1/evaluate/flags/checkout', token: key, body: {} });
  /** Which policy a flood of this key meets at the edge; null: none. */
  async function policyOf(key: string): Promise<string | null> {
    const answers = await Promise.all(Array.from({ length: 20 }, () => ask(key)));
    const refused = answers.find(({ status }) => status === 429);
    return refused === undefined ? null : String(refused.headers['ratelimit-policy']);
  }

  it('is set when the key is made, kept by the edge, edited, and taken away', async () => {
    const { id, secret, rateLimit } = await make(3);
    expect(rateLimit).toBe(3);
    await until('the edge keeps it', async () => (await policyOf(secret)) === '"key";q=3;w=1');
    expect((await edit(id, 5)).rateLimit).toBe(5);
    await until('the edge keeps the new one', async () => (await policyOf(secret)) === '"key";q=5;w=1');
    expect((await edit(id, null)).rateLimit).toBeNull();
    await until('the edge keeps none', async () => (await policyOf(secret)) === null);
    const { items } = await started.admin.get<{ items: readonly SdkKey[] }>(`${project}/keys`);
    expect(items.find((key) => key.id === id)?.rateLimit).toBeNull();
  });

  it('is the edge’s when none was given', async () => {
    expect((await make()).rateLimit).toBeNull();
    expect((await make(null)).rateLimit).toBeNull();
  });

  it.each([0, -1, 1.5, 100_001, '5', true])('is refused when it is %j', async (wrong) => {
    const { id } = await make();
    await edit(id, wrong, 400);
  });

  it('takes no revision when nothing changes, and is refused to a revoked key', async () => {
    const { id } = await make(7);
    const revision = async () =>
      (await started.admin.get<{ environments: readonly { revision: number }[] }>('/status')).environments.map(
        (one) => one.revision,
      );
    const before = await revision();
    await edit(id, 7);
    expect(await revision()).toEqual(before);
    await started.admin.write('POST', `${project}/keys/${id}/revoke`);
    await edit(id, 8, 400);
  });
});
