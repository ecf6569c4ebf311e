/** Staged publication: a change is tried on canary edges before it takes a revision. */
import type { Candidate, ChangeResource, Environment } from '@flaghoist/protocol/management';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DATABASE_KINDS, type DatabasePlace } from '../test-support/database-place.ts';
import { auditOf, historyOf, makeProject } from '../test-support/project-in-use.ts';
import { composeOn, type Hands, type RunningServerUnderTest, setUp } from '../test-support/running-server.ts';
import { placeFor, stopCleanly } from '../test-support/started.ts';
import { until } from '../test-support/until.ts';
import { candidateReads } from './modules/changes/candidates.ts';
import { type Database, sql } from './platform/database.ts';

const FLAG = 'checkout';

interface Configuration {
  readonly enabled: boolean;
  readonly revision: number;
}

describe.each(DATABASE_KINDS)('an environment of the %s that publishes in stages', (kind) => {
  let place: DatabasePlace;
  let server: RunningServerUnderTest;
  let admin: Hands;
  let database: Database;

  beforeAll(async () => {
    place = await placeFor(kind);
    ({ server, database } = await composeOn(place, { canary: true }));
    admin = await setUp(server);
  });
  afterAll(() => stopCleanly({ place, server }));

  /** A project with two flags that are on, in an environment that publishes in stages; answers paths. */
  async function staged(holdSeconds: number) {
    const project = await makeProject(admin, { flags: [FLAG, 'banner'], environments: ['production', 'test'] });
    const environment = `${project}/environments/production`;
    for (const flag of [FLAG, 'banner']) await edit(environment, flag, { enabled: true }, 200);
    await admin.write('PATCH', environment, { holdSeconds }, { ifMatch: '"1"' });
    return { project, environment };
  }

  async function edit(environment: string, flag: string, set: object, status: number) {
    const path = `${environment}/flags/${flag}`;
    const { revision } = await admin.get<Configuration>(path);
    const answer = await admin.send('PATCH', path, set, { ifMatch: `"${revision}"` });
    expect(answer.status, answer.text).toBe(status);
    return JSON.parse(answer.text) as ChangeResource;
  }

  const revisionOf = async (environment: string) => (await admin.get<Environment>(environment)).revision;
  const stateOf = async (project: string, { id }: { readonly id: string }) =>
    (await admin.get<ChangeResource>(`${project}/changes/${id}`)).state;

  it('makes a candidate of an edit, which takes no revision until it is promoted, and then exactly the next', async () => {
    const { project, environment } = await staged(3_600);
    const before = await revisionOf(environment);
    const change = await edit(environment, FLAG, { default: { variant: 'off' } }, 202);
    expect(change).toMatchObject({ state: 'candidate', revisions: [], entities: [{ kind: 'flag', key: FLAG }] });
    expect(await revisionOf(environment)).toBe(before);
    const candidate = await admin.get<Candidate>(`${environment}/candidate`);
    expect(candidate).toMatchObject({ change: change.id, number: 1, base: before, state: 'tried', holdSeconds: 3_600 });
    expect(candidate.entities).toMatchObject([
      { key: FLAG, before: { default: { variant: 'on' } }, after: { default: { variant: 'off' } } },
    ]);
    const promoted = await admin.send('POST', `${environment}/candidate/promote`, { change: change.id });
    expect(promoted.status, promoted.text).toBe(200);
    expect(await revisionOf(environment)).toBe(before + 1);
    const [newest] = await historyOf(admin, project);
    expect(newest).toMatchObject({ id: change.id, state: 'applied', revisions: [{ revision: before + 1 }] });
    expect(await admin.get<object>(`${environment}/flags/${FLAG}`)).toMatchObject({ default: { variant: 'off' } });
    const again = await admin.send('POST', `${environment}/candidate/promote`, { change: change.id });
    expect([again.status, again.text]).toEqual([409, expect.stringContaining('candidate_over')]);
    const entries = await auditOf(admin, environment);
    expect(entries.slice(0, 2).map(({ body }) => [body['action'], body['change'], body['revision']])).toEqual([
      ['candidate.promote', change.id, before + 1],
      ['flag.edit', change.id, undefined],
    ]);
  });

  it('tries one change at a time, and withdraws it without a trace in what is served', async () => {
    const { project, environment } = await staged(3_600);
    const before = await revisionOf(environment);
    const first = await edit(environment, FLAG, { default: { variant: 'off' } }, 202);
    const second = await edit(environment, 'banner', { default: { variant: 'off' } }, 409);
    expect(second).toMatchObject({ code: 'candidate_pending', detail: expect.stringContaining(first.id) });
    const held = await admin.send('PATCH', environment, { holdSeconds: null }, { ifMatch: '"2"' });
    expect(held.status, held.text).toBe(409);
    const withdrawn = await admin.send('POST', `${environment}/candidate/withdraw`, { change: first.id });
    expect(withdrawn.status, withdrawn.text).toBe(200);
    expect(await revisionOf(environment)).toBe(before);
    expect(await stateOf(project, first)).toBe('refused');
    const reverted = await admin.send('POST', `${project}/changes/${first.id}/revert`, {});
    expect([reverted.status, reverted.text]).toEqual([409, expect.stringContaining('never published')]);
    await edit(environment, 'banner', { default: { variant: 'off' } }, 202);
  });

  it('takes the kill switch at once and makes the candidate anew on top, or withdraws it when both are about one flag', async () => {
    const { project, environment } = await staged(3_600);
    const before = await revisionOf(environment);
    const change = await edit(environment, FLAG, { default: { variant: 'off' } }, 202);
    await edit(environment, 'banner', { enabled: false }, 200);
    expect(await revisionOf(environment)).toBe(before + 1);
    expect(await admin.get<Candidate>(`${environment}/candidate`)).toMatchObject({
      change: change.id,
      number: 2,
      base: before + 1,
      state: 'tried',
    });
    await edit(environment, FLAG, { enabled: false }, 200);
    expect(await revisionOf(environment)).toBe(before + 2);
    expect(await admin.get<Candidate>(`${environment}/candidate`)).toMatchObject({
      state: 'withdrawn',
      why: expect.stringContaining(`changed flag ${FLAG}`),
    });
    expect(await stateOf(project, change)).toBe('refused');
    expect(await admin.get<Configuration>(`${environment}/flags/${FLAG}`)).toMatchObject({ enabled: false });
    const [, , told] = await historyOf(admin, project);
    expect(told).toMatchObject({
      id: change.id,
      candidates: [
        { environment: 'production', base: before + 1, state: 'withdrawn', rebuilt: 1, decidedBy: 'first admin' },
      ],
    });
  });

  it('tells in history what was tried, of a flag and of an environment too, and forgets what it was after 30 days', async () => {
    const { project, environment } = await staged(3_600);
    const listed = async (filter: string) => {
      const { items } = await admin.get<{ items: readonly ChangeResource[] }>(`${project}/changes?limit=3&${filter}`);
      return items.map(({ id }) => id);
    };
    const withdrawn = await edit(environment, FLAG, { default: { variant: 'off' } }, 202);
    expect(withdrawn).toMatchObject({ candidates: [{ environment: 'production', state: 'tried', rebuilt: 0 }] });
    for (const filter of ['', `flag=${FLAG}`, 'environment=production'])
      expect(await listed(filter)).toContain(withdrawn.id);
    expect(await listed('flag=banner')).not.toContain(withdrawn.id);
    await admin.send('POST', `${environment}/candidate/withdraw`, { change: withdrawn.id });
    // Its change is older than that of the kill switch, its revision newer.
    const promoted = await edit(environment, FLAG, { default: { variant: 'off' } }, 202);
    await edit(environment, 'banner', { enabled: false }, 200);
    await admin.send('POST', `${environment}/candidate/promote`, { change: promoted.id });
    expect((await listed('environment=production')).slice(1)).toEqual([promoted.id, withdrawn.id]);
    expect((await listed(`flag=${FLAG}`)).slice(0, 2)).toEqual([promoted.id, withdrawn.id]);

    const one = async ({ id }: { readonly id: string }) => admin.get<ChangeResource>(`${project}/changes/${id}`);
    const before = [await one(withdrawn), await one(promoted)];
    expect(before[0]).toMatchObject({ state: 'refused', entities: [{ kind: 'flag', key: FLAG, deleted: false }] });
    const contents = async () => {
      const found = await sql<{ json: string | null }>`select json from candidate_entities
        where change_id in (${withdrawn.id}::uuid, ${promoted.id}::uuid)`.execute(database.db);
      return found.rows.map(({ json }) => json !== null);
    };
    const reads = candidateReads(database.db);
    expect([await reads.forgetContents(), await contents()]).toEqual([0, [true, true]]);
    await sql`update candidates set decided_at = decided_at - interval '30 days 1 minute'
      where change_id in (${withdrawn.id}::uuid, ${promoted.id}::uuid)`.execute(database.db);
    expect([await reads.forgetContents(), await reads.forgetContents(), await contents()]).toEqual([2, 0, [false]]);
    const aged = ({ candidates, ...rest }: ChangeResource) => ({
      ...rest,
      candidates: candidates.map(({ decidedAt, ...kept }) => ({ ...kept, decidedAt: decidedAt !== null })),
    });
    expect([await one(withdrawn), await one(promoted)].map(aged)).toEqual(before.map(aged));
    expect(await admin.get<Candidate>(`${environment}/candidate`)).toMatchObject({ state: 'promoted', entities: [] });
  });

  it('publishes at once what a change does elsewhere, and refuses a flag that is made on', async () => {
    const { project, environment } = await staged(3_600);
    const edits = await Promise.all(
      ['production', 'test'].map(async (key) => {
        const { revision } = await admin.get<Configuration>(`${project}/environments/${key}/flags/${FLAG}`);
        return { environment: key, flag: FLAG, ifMatch: revision, set: { default: { variant: 'off' } } };
      }),
    );
    const answer = await admin.send('POST', `${project}/changes`, { edits });
    expect(answer.status, answer.text).toBe(202);
    const change = JSON.parse(answer.text) as ChangeResource;
    expect(change).toMatchObject({ state: 'candidate', revisions: [{ environment: 'test' }] });
    expect(await admin.get<Candidate>(`${environment}/candidate`)).toMatchObject({ change: change.id, state: 'tried' });
    const made = await admin.send('POST', `${project}/flags`, { key: 'new', type: 'boolean', enabled: true });
    expect([made.status, made.text]).toEqual([400, expect.stringContaining('publishes in stages')]);
    await admin.write('POST', `${project}/flags`, { key: 'new', type: 'boolean' });
    await admin.write('POST', `${environment}/archive`, undefined, { ifMatch: '"2"' });
    expect(await stateOf(project, change)).toBe('applied');
    // All of it that was published can be put back.
    const reverted = await admin.send('POST', `${project}/changes/${change.id}/revert`, {});
    expect([reverted.status, reverted.text]).toEqual([201, expect.stringContaining('"environment":"test"')]);
  });

  it('answers from the candidate on a canary edge, and promotes it by itself once it was healthy for so long', async () => {
    const { project, environment } = await staged(5);
    const key = await admin.write<{ secret: string }>('POST', `${project}/keys`, {
      kind: 'server',
      environments: ['production'],
    });
    const asked = async () => {
      const path = `/ofrep/v1/evaluate/flags/${FLAG}`;
      const { text } = await server.client.send({ method: 'POST', path, token: key.secret, body: { context: {} } });
      return text;
    };
    await until('the edge serves it', async () => (await asked()).includes('"value":true'));
    const change = await edit(environment, FLAG, { default: { variant: 'off' } }, 202);
    const before = await revisionOf(environment);
    await until('the canary edge answers from the candidate', async () => (await asked()).includes('"value":false'));
    expect(await revisionOf(environment)).toBe(before);
    const answers = new Set<string>();
    const isApplied = async (): Promise<boolean> => {
      answers.add(await asked());
      return (await stateOf(project, change)) === 'applied';
    };
    await until('it is promoted', isApplied, 30_000);
    expect(await revisionOf(environment)).toBe(before + 1);
    expect(await admin.get<Candidate>(`${environment}/candidate`)).toMatchObject({
      state: 'promoted',
      decidedBy: 'Flaghoist',
      why: expect.stringContaining('without a problem'),
    });
    // From the candidate to the revision that it became, and never to what was before.
    const taken = async (): Promise<boolean> => {
      answers.add(await asked());
      const { text } = await server.client.send({ method: 'GET', path: '/native/v1/ruleset', token: key.secret });
      return [...text.matchAll(/"revision":(\d+)/g)].some(([, revision]) => Number(revision) > before);
    };
    await until('the edge has the revision', taken);
    answers.add(await asked());
    expect([...answers]).toEqual([expect.stringContaining('"value":false')]);
    // Back to what was published when the next one is withdrawn.
    const next = await edit(environment, FLAG, { default: { variant: 'on' } }, 202);
    await until('the canary edge answers from the next', async () => (await asked()).includes('"value":true'));
    await admin.send('POST', `${environment}/candidate/withdraw`, { change: next.id });
    await until('it is back', async () => (await asked()).includes('"value":false'));
  }, 60_000);
});
