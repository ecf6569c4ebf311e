import type { ChangeResource, FlagConfigurationResource, ProblemDocument } from '@flaghoist/protocol/management';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectStatus } from '../../../test-support/api-client.ts';
import { DATABASE_KINDS } from '../../../test-support/database-place.ts';
import { auditOf, historyOf, makeProject } from '../../../test-support/project-in-use.ts';
import { type Hands, handsOf } from '../../../test-support/running-server.ts';
import { type Started, startOver, stopCleanly } from '../../../test-support/started.ts';

interface FlagPage {
  readonly items: readonly {
    readonly environments: readonly { readonly enabled: boolean; readonly revision: number }[];
  }[];
}

const ENVIRONMENTS = ['production', 'staging'];
const rule = (segment: string) => ({ id: 'r', conditions: [{ segment }], serve: { variant: 'on' } });

describe.each(DATABASE_KINDS)('reverting over the %s', (kind) => {
  let started: Started;
  let admin: Hands;

  beforeAll(async () => {
    started = await startOver(kind);
    admin = started.admin;
  });
  afterAll(() => stopCleanly(started));

  const at = (project: string, flag: string, environment = 'production') =>
    `${project}/environments/${environment}/flags/${flag}`;
  const read = (project: string, flag: string, environment?: string) =>
    admin.get<FlagConfigurationResource>(at(project, flag, environment));
  const segmentAt = (project: string, segment: string) => `${project}/environments/production/segments/${segment}`;

  /** The newest change, after an edit of one entity. */
  async function edited(project: string, path: string, set: object): Promise<ChangeResource> {
    await admin.write('PATCH', path, set, { ifMatch: '*' });
    const [change] = await historyOf(admin, project);
    if (change === undefined) throw new Error('an edit left no change');
    return change;
  }

  const revert = (project: string, id: string, body: object = {}, hands = admin) =>
    hands.send('POST', `${project}/changes/${id}/revert`, body);
  const reverted = async (project: string, id: string, body: object = {}) =>
    expectStatus<ChangeResource>(await revert(project, id, body), 201);
  const refused = async (project: string, id: string, code: string, body: object = {}, hands = admin) => {
    const before = await historyOf(admin, project);
    const answer = await revert(project, id, body, hands);
    const problem = JSON.parse(answer.text) as ProblemDocument;
    expect(problem.code, answer.text).toBe(code);
    expect(await historyOf(admin, project)).toEqual(before);
    return problem;
  };

  async function token(project: string, role: string, environment?: string): Promise<Hands> {
    const key = project.split('/').at(-1);
    const made = { name: role, role, project: key, ...(environment === undefined ? {} : { environment }) };
    const { secret } = await admin.write<{ secret: string }>('POST', '/tokens', made);
    return handsOf(started.server.client, secret);
  }

  it('makes a new change that puts back what the change altered, and both name each other', async () => {
    const project = await makeProject(admin, { flags: ['a'] });
    const before = await read(project, 'a');
    const change = await edited(project, at(project, 'a'), { enabled: true, default: { variant: 'off' } });
    const made = await reverted(project, change.id);
    expect(made).toMatchObject({
      action: 'change.revert',
      reason: `Reverts change ${change.id}`,
      reverts: change.id,
      revertedBy: null,
      entities: [{ environment: 'production', kind: 'flag', key: 'a', deleted: false }],
      entityCount: 1,
    });
    expect(await read(project, 'a')).toEqual({ ...before, revision: made.revisions[0]?.revision });
    const { items } = await admin.get<FlagPage>(`${project}/flags`);
    expect(items[0]?.environments).toMatchObject([{ enabled: false, revision: made.revisions[0]?.revision }]);
    const [newest, older] = await historyOf(admin, project);
    expect(newest).toEqual(made);
    expect(older).toEqual({ ...change, revertedBy: made.id });
    expect(await admin.get(`${project}/changes/${change.id}`)).toEqual(older);
    const [entry] = await auditOf(admin, `${project}/environments/production`);
    expect(entry?.body).toMatchObject({ action: 'change.revert', reverts: change.id });
  });

  it('keeps the reason that was given, and answers a retry with the first result', async () => {
    const project = await makeProject(admin, { flags: ['a'] });
    const change = await edited(project, at(project, 'a'), { enabled: true });
    const options = { reason: 'errors in payment', idempotencyKey: `revert-${change.id}` };
    const path = `${project}/changes/${change.id}/revert`;
    const first = await admin.write<ChangeResource>('POST', path, {}, options);
    expect(first.reason).toBe('errors in payment');
    expect(await admin.write('POST', path, {}, options)).toEqual(first);
    expect(await historyOf(admin, project)).toHaveLength(4);
  });

  it('leaves alone what somebody altered elsewhere in the same flag', async () => {
    const project = await makeProject(admin, { flags: ['a'] });
    const change = await edited(project, at(project, 'a'), { enabled: true });
    await edited(project, at(project, 'a'), { default: { variant: 'off' } });
    await reverted(project, change.id);
    expect(await read(project, 'a')).toMatchObject({ enabled: false, default: { variant: 'off' } });
  });

  it('is refused, naming flag, member and present value, when somebody altered the same since', async () => {
    const project = await makeProject(admin, { flags: ['a', 'b'] });
    const edits = [
      { environment: 'production', flag: 'a', ifMatch: 2, set: { default: { variant: 'off' } } },
      { environment: 'production', flag: 'b', ifMatch: 3, set: { enabled: true } },
    ];
    const { id } = await admin.write<ChangeResource>('POST', `${project}/changes`, { edits });
    await edited(project, at(project, 'a'), { default: { variant: 'on' }, enabled: true });
    await edited(project, at(project, 'a'), {
      default: { rollout: { variants: [{ variant: 'on', weight: 1 }], bucketing: { algorithm: 'murmur3/1' } } },
    });
    const problem = await refused(project, id, 'revert_conflict');
    expect(problem.detail).toMatch(/^Flag a in production: default was changed since; it is \{"rollout":/);
    expect(problem.errors).toEqual([
      expect.objectContaining({ path: 'entity.production.flag.a.default', code: 'changed_since' }),
    ]);
    expect(await read(project, 'b')).toMatchObject({ enabled: true });
    const made = await reverted(project, id, { edits: [{ environment: 'production', flag: 'b' }] });
    expect(made.entities).toHaveLength(1);
    expect(await read(project, 'b')).toMatchObject({ enabled: false });
  });

  it('can be reverted in turn, as often as anybody likes, but not twice', async () => {
    const project = await makeProject(admin, { flags: ['a'] });
    const change = await edited(project, at(project, 'a'), { enabled: true });
    const first = await reverted(project, change.id);
    expect((await refused(project, change.id, 'revert_conflict')).detail).toContain('already');
    const second = await reverted(project, first.id);
    expect(await read(project, 'a')).toMatchObject({ enabled: true });
    await reverted(project, second.id);
    expect(await read(project, 'a')).toMatchObject({ enabled: false });
    await reverted(project, (await historyOf(admin, project))[0]?.id ?? '');
    await reverted(project, change.id);
    expect(await read(project, 'a')).toMatchObject({ enabled: false });
  });

  it('is refused, with what to do instead, for what is no edit', async () => {
    const project = await makeProject(admin, { environments: ENVIRONMENTS, flags: ['a', 'b'], segments: ['beta'] });
    const newest = async () => (await historyOf(admin, project))[0]?.id ?? '';
    const instead = async (hint: string) =>
      expect((await refused(project, await newest(), 'not_revertible')).detail).toContain(hint);
    await instead('Archive the segment instead');
    await admin.write('POST', `${segmentAt(project, 'beta')}/archive`, undefined, { ifMatch: '*' });
    await instead('Make a segment with another key');
    await admin.write('PATCH', `${project}/flags/a`, { name: 'A' }, { ifMatch: '*' });
    await instead('Set its name, description, owner or tags again');
    await admin.write('PATCH', `${project}/flags/a`, { addVariants: { third: true } }, { ifMatch: '*' });
    await instead('variants stay');
    await admin.write('POST', `${project}/flags/b/archive`, undefined, { ifMatch: '*' });
    await instead('Make a flag with another key');
    await admin.write('POST', `${project}/keys`, { kind: 'server', environments: ['production'] });
    await instead('revoke the one that was made');
    await admin.write('PATCH', project, { name: 'Renamed' }, { ifMatch: '*' });
    await instead('projects are not put back');
    await admin.write('POST', `${project}/environments`, { key: 'qa' });
    await instead('Archive the one that was made');
    const all = await historyOf(admin, project);
    await refused(project, all.at(-1)?.id ?? '', 'not_revertible');
  });

  it('is refused for a flag that was archived since, and in an environment that was', async () => {
    const project = await makeProject(admin, { environments: ENVIRONMENTS, flags: ['a', 'b'] });
    const edits = ENVIRONMENTS.map((environment) => ({ environment, flag: 'a', ifMatch: 2, set: { enabled: true } }));
    const both = await admin.write<ChangeResource>('POST', `${project}/changes`, { edits });
    const b = await edited(project, at(project, 'b'), { enabled: true });
    await admin.write('POST', `${project}/flags/b/archive`, undefined, { ifMatch: '*' });
    expect((await refused(project, b.id, 'revert_conflict')).detail).toContain(
      'Flag b in production was archived since',
    );
    await admin.write('POST', `${project}/environments/staging/archive`, undefined, { ifMatch: '*' });
    expect((await refused(project, both.id, 'archived')).detail).toContain('Environment staging');
    await reverted(project, both.id, { edits: [{ environment: 'production', flag: 'a' }] });
    expect(await read(project, 'a')).toMatchObject({ enabled: false });
    expect(await read(project, 'a', 'staging')).toMatchObject({ enabled: true });
  });

  it('needs an editor in every environment that it touches, and finds nothing where nothing may be seen', async () => {
    const project = await makeProject(admin, { environments: ENVIRONMENTS, flags: ['a'] });
    const edits = ENVIRONMENTS.map((environment) => ({ environment, flag: 'a', ifMatch: 2, set: { enabled: true } }));
    const { id } = await admin.write<ChangeResource>('POST', `${project}/changes`, { edits });
    const production = await edited(project, at(project, 'a'), { clientVisible: true });
    await refused(project, id, 'forbidden', {}, await token(project, 'viewer'));
    const staging = await token(project, 'editor', 'staging');
    await refused(project, production.id, 'not_found', {}, staging);
    await refused(project, id, 'invalid_request', { edits: [{ environment: 'production', flag: 'a' }] }, staging);
    const made = expectStatus<ChangeResource>(await revert(project, id, {}, staging), 201);
    expect(made.revisions.map(({ environment }) => environment)).toEqual(['staging']);
    expect(await read(project, 'a')).toMatchObject({ enabled: true });
    expect(await read(project, 'a', 'staging')).toMatchObject({ enabled: false });
  });

  it('refuses a part that the change did not touch, that names nothing, or the same twice', async () => {
    const project = await makeProject(admin, { flags: ['a', 'b'] });
    const change = await edited(project, at(project, 'a'), { enabled: true });
    const part = (edit: object) => refused(project, change.id, 'invalid_request', { edits: [edit] });
    const environment = 'production';
    expect((await part({ environment, flag: 'b' })).errors?.[0]?.path).toBe('$.edits[0]');
    await part({ environment, segment: 'a' });
    await part({ environment });
    await part({ environment, flag: 'a', segment: 'a' });
    await part({ environment: 'nowhere', flag: 'a' });
    const twice = {
      edits: [
        { environment, flag: 'a' },
        { environment, flag: 'a' },
      ],
    };
    expect((await refused(project, change.id, 'invalid_request', twice)).errors?.[0]?.code).toBe('edit_twice');
    await refused(project, change.id, 'invalid_request', { edits: [] });
  });

  it('is judged like any edit: by prerequisites as they are now', async () => {
    const project = await makeProject(admin, { flags: ['a', 'b'] });
    await edited(project, at(project, 'a'), { prerequisites: [{ flag: 'b', variants: ['on'] }] });
    const taken = await edited(project, at(project, 'a'), { prerequisites: [] });
    await edited(project, at(project, 'b'), { prerequisites: [{ flag: 'a', variants: ['on'] }] });
    const problem = await refused(project, taken.id, 'revert_conflict');
    expect(problem.detail).toContain('Flag a in production cannot be put back: A flag cannot need itself');
  });

  it('does not refer to a segment that was archived since', async () => {
    const project = await makeProject(admin, { flags: ['a'], segments: ['beta', 'staff'] });
    await edited(project, at(project, 'a'), { rules: [rule('beta')] });
    const flag = await edited(project, at(project, 'a'), { rules: [] });
    await edited(project, segmentAt(project, 'staff'), { conditions: [{ segment: 'beta' }] });
    const segment = await edited(project, segmentAt(project, 'staff'), { conditions: [] });
    await admin.write('POST', `${segmentAt(project, 'beta')}/archive`, undefined, { ifMatch: '*' });
    expect((await refused(project, flag.id, 'revert_conflict')).detail).toContain(
      'Flag a in production cannot be put back: Segment beta was archived',
    );
    expect((await refused(project, segment.id, 'revert_conflict')).detail).toContain('Segment staff in production');
  });

  it('puts back segments with their lists', async () => {
    const project = await makeProject(admin, { segments: ['beta'] });
    const path = segmentAt(project, 'beta');
    const full = await edited(project, path, { included: ['ada', 'bob'], excluded: ['eve'] });
    const emptied = await edited(project, path, {
      included: [],
      conditions: [{ attribute: 'plan', operator: 'in', values: ['pro'] }],
    });
    await reverted(project, emptied.id);
    expect(await admin.get(path)).toMatchObject({ included: ['ada', 'bob'], excluded: ['eve'], conditions: [] });
    await reverted(project, full.id);
    expect(await admin.get(path)).toMatchObject({ included: [], excluded: [], conditions: [] });
  });
});
