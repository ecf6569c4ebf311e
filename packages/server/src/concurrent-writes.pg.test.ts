/** Many writers at once: every edit is there or was refused, and no number is missing or given twice. */
import type { Environment, FlagConfigurationResource } from '@flaghoist/protocol/management';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectStatus } from '../test-support/api-client.ts';
import { DATABASE_KINDS, type DatabasePlace } from '../test-support/database-place.ts';
import { auditOf, historyOf, listAll, makeProject } from '../test-support/project-in-use.ts';
import type { Hands, RunningServerUnderTest } from '../test-support/running-server.ts';
import { startOver, stopCleanly } from '../test-support/started.ts';

const numbers = (length: number, from = 0): readonly number[] => Array.from({ length }, (_, i) => from + i);

describe.each(DATABASE_KINDS)('writers at once over the %s', (kind) => {
  let place: DatabasePlace;
  let server: RunningServerUnderTest;
  let admin: Hands;

  beforeAll(async () => {
    ({ place, server, admin } = await startOver(kind));
  });
  afterAll(() => stopCleanly({ place, server }));

  it('take contiguous revisions, and exactly the winners’ edits are there', async () => {
    const flags = numbers(10).map((i) => `flag-${i}`);
    const project = await makeProject(admin, { flags });
    const environment = `${project}/environments/production`;
    const read = (flag: string) => admin.send('GET', `${environment}/flags/${flag}`);
    const etags = await Promise.all(flags.map(async (flag) => String((await read(flag)).headers.etag)));
    // Two edits of each flag, both made on the version that was read: one of them must lose.
    const edits = flags.flatMap((flag, i) =>
      ['first', 'second'].map((id) => ({ flag, id, ifMatch: etags[i] ?? '', rules: [ruleWith(id)] })),
    );
    const answers = await Promise.all(
      edits.map(({ flag, rules, ifMatch }) =>
        admin.send('PATCH', `${environment}/flags/${flag}`, { rules }, { ifMatch }),
      ),
    );
    const winners = edits.filter((_, i) => answers[i]?.status === 200);
    expect(answers.map(({ status }) => status).sort((a, b) => a - b)).toEqual([
      ...flags.map(() => 200),
      ...flags.map(() => 412),
    ]);
    expect(new Set(winners.map(({ flag }) => flag)).size).toBe(10);

    const revisions = answers
      .filter(({ status }) => status === 200)
      .map(({ text }) => (JSON.parse(text) as { revision: number }).revision);
    expect(revisions.sort((a, b) => a - b)).toEqual(numbers(10, 12));
    for (const { flag, id } of winners) {
      const kept = expectStatus<FlagConfigurationResource>(await read(flag), 200);
      expect(kept.rules).toEqual([ruleWith(id)]);
    }
    expect(await admin.get<Environment>(environment)).toMatchObject({ revision: 21 });
    const audited = (await auditOf(admin, environment)).map(({ body }) => body['revision'] as number);
    expect(audited.reverse()).toEqual(numbers(21, 1));
    const applied = (await historyOf(admin, project)).flatMap((change) =>
      change.revisions.map(({ revision }) => revision),
    );
    expect([...new Set(applied)].sort((a, b) => a - b)).toEqual(numbers(21, 1));
  });

  it('edit one flag twenty times without losing an edit', async () => {
    const project = await makeProject(admin, { flags: ['checkout'] });
    const path = `${project}/environments/production/flags/checkout`;
    const answers = await Promise.all(
      numbers(20).map((i) =>
        admin.write<FlagConfigurationResource>('PATCH', path, { rules: [ruleWith(`r${i}`)] }, { ifMatch: '*' }),
      ),
    );
    const byRevision = [...answers].sort((a, b) => a.revision - b.revision);
    expect(byRevision.map(({ revision }) => revision)).toEqual(numbers(20, 3));
    expect(await admin.get(path)).toEqual(byRevision.at(-1));
  });

  it('change overlapping environments together without waiting for each other in a circle', async () => {
    const environments = ['one', 'two', 'three'];
    const project = await makeProject(admin, { environments, flags: ['a', 'b', 'c', 'd', 'e', 'f'] });
    const pairs = [
      ['a', 'one', 'two'],
      ['b', 'two', 'one'],
      ['c', 'two', 'three'],
      ['d', 'three', 'two'],
      ['e', 'three', 'one'],
      ['f', 'one', 'three'],
    ] as const;
    const changes = await Promise.all(
      pairs.map(([flag, ...places], i) => {
        const edits = places.map((environment) => ({ environment, flag, ifMatch: 2 + i, set: { enabled: true } }));
        return admin.send('POST', `${project}/changes`, { edits });
      }),
    );
    for (const answer of changes) expectStatus(answer, 201);
    for (const environment of environments)
      expect(await admin.get(`${project}/environments/${environment}`)).toMatchObject({ revision: 7 + 4 });
  });

  it('make flags, keys and tokens of one project at once', async () => {
    const project = await makeProject(admin);
    const answers = await Promise.all(
      numbers(15).flatMap((i) => [
        admin.send('POST', `${project}/flags`, { key: `flag-${i}`, type: 'boolean' }),
        admin.send('POST', `${project}/keys`, { kind: 'server', environments: ['production'] }),
        admin.send('POST', '/tokens', { name: `t${i}`, role: 'viewer', project: project.split('/').at(-1) }),
      ]),
    );
    expect(answers.filter(({ status }) => status !== 201).map(({ text }) => text)).toEqual([]);
    expect(await listAll(admin, `${project}/flags`)).toHaveLength(15);
    expect(await listAll(admin, `${project}/keys`)).toHaveLength(15);
  });

  it('archive a project and its environments at once', async () => {
    for (const _ of numbers(5)) {
      const environments = ['one', 'two', 'three', 'four'];
      const project = await makeProject(admin, { environments });
      const archive = (path: string) => admin.send('POST', `${path}/archive`, undefined, { ifMatch: '*' });
      const answers = await Promise.all([
        ...environments.map((one) => archive(`${project}/environments/${one}`)),
        archive(project),
      ]);
      // Whoever comes after the project finds it archived.
      for (const { status, text } of answers) expect([200, 409], text).toContain(status);
      expect(answers.at(-1)?.status).toBe(200);
    }
  });

  it('make a flag in every environment, also in one that is made at the same time', async () => {
    const project = await makeProject(admin);
    const answers = await Promise.all(
      numbers(8).flatMap((i) => [
        admin.send('POST', `${project}/flags`, { key: `flag-${i}`, type: 'boolean' }),
        admin.send('POST', `${project}/environments`, { key: `environment-${i}` }),
      ]),
    );
    for (const answer of answers) expectStatus(answer, 201);
    const flags = await listAll<{ environments: readonly object[] }>(admin, `${project}/flags`);
    expect(flags.map(({ environments }) => environments.length)).toEqual(numbers(8).map(() => 9));
  });
});

function ruleWith(id: string) {
  return {
    id,
    conditions: [{ attribute: 'plan', operator: 'in', values: ['pro'] }],
    serve: { variant: 'on' },
  };
}
