/** Commands that touch several environments ask for the right in each of them. */
import { createDatabase } from '@flaghoist/testkit/postgres';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { createAuthor } from '../test-support/author.ts';
import { captureLog } from '../test-support/captured-log.ts';
import {
  DATABASE_KINDS,
  type DatabasePlace,
  makePlace,
  type OpenPlace,
  openModules,
} from '../test-support/database-place.ts';
import type { Command } from './modules/changes/index.ts';
import type { Place } from './platform/principal.ts';
import { type Grant, Rights } from './platform/rights.ts';

describe.each(DATABASE_KINDS)('rights that differ by environment, over the %s', (kind) => {
  let databasePlace: DatabasePlace;
  let open: OpenPlace;
  let production: Place;
  let staging: Place;

  beforeAll(async () => {
    databasePlace = await makePlace(kind, () => createDatabase(inject('flaghoistPostgresUrl')));
    open = await openModules(databasePlace, captureLog().logger, () => new Date());
    const author = createAuthor(open.modules);
    const [first, second] = await author.project('shop', ['production', 'staging']);
    if (first === undefined || second === undefined) throw new Error('no environments');
    [production, staging] = [first, second];
    await author.flag(production, { key: 'checkout', type: 'boolean' });
  });
  afterAll(async () => {
    await open.database.close();
    await databasePlace.remove();
  });

  function by(...grants: readonly Grant[]): Command {
    const command = { actor: { id: 'ann', name: 'ann' }, action: 'test', reason: null, idempotencyKey: null };
    return { ...command, rights: new Rights(grants), fingerprint: '' };
  }
  const inShop = (role: Grant['role'], at?: Place): Grant => ({
    role,
    projectId: production.project.id,
    environmentId: at?.environment.id ?? null,
  });
  /** An editor of the project who may only look at production. */
  const careful = (): Command => by(inShop('editor'), inShop('viewer', production));
  const edit = (environment: string, ifMatch: number) => ({
    environment,
    flag: 'checkout',
    ifMatch,
    set: { clientVisible: true },
  });
  const forbidden = 'This needs the role editor in environment production; yours there is viewer.';

  it('makes a flag that is off where one may only look, and none that is on', async () => {
    const { flags } = open.modules;
    const on = { key: 'eager', type: 'boolean', enabled: true } as const;
    await expect(flags.create(careful(), production.project, on)).rejects.toThrow(forbidden);
    const made = await flags.create(careful(), production.project, { key: 'patient', type: 'boolean' });
    expect(made.status).toBe(201);
  });

  it('archives a flag for nobody who may not edit it everywhere', async () => {
    const { flags } = open.modules;
    await expect(flags.archive(careful(), production.project, 'checkout', '*')).rejects.toThrow(forbidden);
    expect((await flags.get(production.project.id, 'checkout'))?.archivedAt).toBeNull();
  });

  it('makes all edits of a change, or none when one of them may not be made', async () => {
    const { flags, changes } = open.modules;
    const at = async (place: Place) => (await changes.newest(place.environment.id, 'flag', 'checkout'))?.revision ?? 0;
    const [before, there] = [await at(production), await at(staging)];
    const both = [edit('staging', there), edit('production', before)];
    await expect(flags.configurations.apply(careful(), production.project, both)).rejects.toThrow(forbidden);
    expect([await at(production), await at(staging)]).toEqual([before, there]);
    const onlyStaging = by(inShop('editor', staging));
    await expect(flags.configurations.apply(onlyStaging, production.project, both)).rejects.toThrow(
      'The project has no environment production.',
    );
    await flags.configurations.apply(onlyStaging, production.project, [edit('staging', there)]);
    expect(await at(staging)).toBeGreaterThan(there);
  });

  it('makes and revokes keys only where one is an admin, and hides those of other environments', async () => {
    const { keys } = open.modules.access;
    const { id: projectId } = production.project;
    const [live, stage] = [production.environment, staging.environment];
    const admin = by(inShop('admin', staging), inShop('viewer', production));
    const relay = { kind: 'relay', environments: [stage, live] } as const;
    await expect(keys.create(admin, projectId, relay)).rejects.toThrow(
      'This needs the role admin in environment production',
    );
    const made = await keys.create(by(inShop('admin')), projectId, relay);
    const { id } = made.body as { readonly id: string };
    await expect(keys.revoke(admin, projectId, id)).rejects.toThrow(
      'This needs the role admin in environment production',
    );
    await expect(keys.revoke(by(inShop('admin', staging)), projectId, id)).rejects.toThrow('There is no such key');
    const list = (within: readonly string[]) =>
      keys.list({ projectId, environmentId: null, within, after: '', limit: 10 });
    expect([(await list([stage.id])).length, (await list([stage.id, live.id])).length]).toEqual([0, 1]);
    expect((await keys.revoke(by(inShop('admin')), projectId, id)).status).toBe(200);
  });
});
