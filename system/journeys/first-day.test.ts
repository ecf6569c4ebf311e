/** From an empty machine to a flag that two applications see switched off, by the command line alone. */
import { isDeepStrictEqual } from 'node:util';
import { describe, expect, it } from 'vitest';
import {
  type Answer,
  type Application,
  type Context,
  startOfrepApplication,
  startProviderApplication,
} from '../application.ts';
import type { ChildProgram } from '../child-program.ts';
import { type CommandLine, openCommandLine } from '../command-line.ts';
import { awaitCounts } from '../evaluation-counts.ts';
import { type Change, type Evaluation, type ManagementApi, openManagementApi } from '../management-api.ts';
import { type Installation, startSplit, startWhole } from '../installation.ts';
import { readMetrics } from '../read-metrics.ts';
import { openScene, type Scene } from '../scene.ts';
import { until } from '../until.ts';

interface Delivery {
  readonly environments: readonly {
    readonly known: boolean;
    readonly edges: { readonly applied: number };
    readonly instances: { readonly applied: number };
  }[];
}

const FLAG = 'new-checkout';
const USERS: readonly Context[] = Array.from({ length: 200 }, (_, i) => ({ targetingKey: `user-${i}` }));
const STAFF: readonly Context[] = Array.from({ length: 10 }, (_, i) => ({
  targetingKey: `staff-${i}`,
  email: `somebody-${i}@shop.example`,
}));
const EVERYBODY: readonly Context[] = [...USERS, ...STAFF];
const FIRST = { flag: FLAG, fallback: false, context: STAFF[0] ?? { targetingKey: '' } };
const PLACE = ['-p', 'shop', '-e', 'production'] as const;

describe.each(['the embedded database', 'PostgreSQL', 'two processes of each role, PostgreSQL and NATS'] as const)(
  'The first day on %s',
  (where) => {
    it('leads from nothing to two applications that see a flag change, and to exact counts', async () => {
      const scene = openScene();
      const installation = where.startsWith('two') ? await startSplit(scene) : await startWhole(scene, where);
      const terminal = await openCommandLine(scene);

      const api = await setUpByLink(installation, terminal);
      await makeContent(terminal);
      const watch = await startWatching(terminal, api);
      const since = watch.lines.length;
      const [provider, ofrep] = await startApplications(scene, installation, terminal);

      const expected = await askServer(api, EVERYBODY);
      await expectAgreement(terminal, expected);
      const tally = createTally();
      tally.add(expected.slice(USERS.length, USERS.length + 1), 2);

      expect(brief(await provider.evaluate(FLAG, false, EVERYBODY))).toEqual(brief(expected));
      tally.add(expected);
      await expectCounts(api, tally);
      expect(brief(await ofrep.evaluate(FLAG, false, EVERYBODY))).toEqual(brief(expected));
      tally.add(expected);
      await expectCounts(api, tally);
      expectSplit(expected);

      await switchOff(terminal, api, provider, installation);
      const off = await askServer(api, EVERYBODY);
      expect(new Set(off.map(({ value, reason }) => `${String(value)} ${reason}`))).toEqual(
        new Set(['false DISABLED']),
      );
      expect(brief(await provider.evaluate(FLAG, true, USERS))).toEqual(brief(off.slice(0, USERS.length)));
      expect(brief(await ofrep.evaluate(FLAG, true, STAFF))).toEqual(brief(off.slice(USERS.length)));
      tally.add(off);
      await expectCounts(api, tally);

      expect(await terminal.json('audit', 'verify', ...PLACE)).toMatchObject({ intact: true, broken: null });
      await expectWatched(watch, since, api);
      await expectBalance(installation);
      await expectOrderlyEnds(installation, watch, [provider, ofrep]);
    }, 300_000);
  },
);

async function setUpByLink({ managing, alsoManaging }: Installation, terminal: CommandLine): Promise<ManagementApi> {
  expect(managing.setupUrl).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/setup#fhi_/);
  const { secret } = await terminal.json<{ readonly secret: string }>('setup', managing.setupUrl ?? '');
  return openManagementApi(alsoManaging.url, secret);
}

async function makeContent(terminal: CommandLine): Promise<void> {
  await terminal.json('projects', 'create', 'shop', '-e', 'staging,production');
  await terminal.json('flags', 'create', FLAG, '-p', 'shop', '--type', 'boolean', '--client-visible');
  const rule = {
    id: 'staff-first',
    conditions: [{ attribute: 'email', operator: 'endsWith', values: ['@shop.example'] }],
    serve: { variant: 'on' },
  };
  const what = ['--enabled', 'true', '--add-rule', JSON.stringify(rule), '--rollout', 'on=50,off=50'];
  await terminal.json('flags', 'set', FLAG, ...PLACE, ...what);
}

/** Resolves when changes are really being watched: nothing says so but the first one that is printed. */
async function startWatching(terminal: CommandLine, api: ManagementApi): Promise<ChildProgram> {
  const watch = terminal.start('watch', '-p', 'shop', '--output', 'json');
  let enabled = false;
  await until('the first change that is watched', 30_000, async () => {
    if (watch.lines.length > 0) return true;
    enabled = !enabled;
    await api.configure('shop', 'staging', FLAG, { enabled });
    return undefined;
  });
  const newest = await newestChange(api);
  await until('the last of these changes', 10_000, async () =>
    watch.lines.some((line) => line.includes(newest)) ? true : undefined,
  );
  return watch;
}

async function newestChange(api: ManagementApi): Promise<string> {
  const { items } = await api.get<{ readonly items: readonly Change[] }>('/projects/shop/changes?limit=1');
  return items[0]?.id ?? '';
}

async function startApplications(
  scene: Scene,
  { edges: [one, other] }: Installation,
  terminal: CommandLine,
): Promise<readonly [Application, Application]> {
  const keyOf = async (kind: string): Promise<string> =>
    (await terminal.json<{ readonly secret: string }>('keys', 'create', '--kind', kind, ...PLACE)).secret;
  const [serverKey, clientKey] = [await keyOf('server'), await keyOf('client')];
  // The client key may take a moment to reach the door, and its application does not ask twice.
  await until('the door that knows the client key', 5_000, async () => {
    const headers = { authorization: `Bearer ${clientKey}` };
    const { status } = await fetch(`${other.url}/native/v1/ruleset`, { headers });
    return status === 403 ? true : undefined;
  });
  const dataDir = await scene.folder();
  const applications = await Promise.all([
    startProviderApplication(scene, { url: one.url, key: serverKey, dataDir }, FIRST),
    startOfrepApplication(scene, { url: other.url, key: clientKey }, FIRST),
  ]);
  for (const { firstAnswer } of applications) expect(firstAnswer).toMatchObject({ value: true, variant: 'on' });
  return applications;
}

function askServer(api: ManagementApi, contexts: readonly Context[]): Promise<readonly Evaluation[]> {
  const path = '/projects/shop/environments/production/evaluate';
  return Promise.all(contexts.map((context) => api.write<Evaluation>('POST', path, { flag: FLAG, context })));
}

/** The command line answers as its API does. */
async function expectAgreement(terminal: CommandLine, expected: readonly Evaluation[]): Promise<void> {
  for (const at of [0, USERS.length]) {
    const { targetingKey, email } = EVERYBODY[at] ?? { targetingKey: '' };
    const context = ['--context', JSON.stringify({ targetingKey, email })];
    expect(await terminal.json('evaluate', FLAG, ...PLACE, ...context)).toMatchObject(expected[at] ?? {});
  }
}

/** Staff always have it; the others about half of the time. */
function expectSplit(answers: readonly Evaluation[]): void {
  const staff = answers.slice(USERS.length);
  expect(staff.every(({ value, rule }) => value === true && rule === 'staff-first')).toBe(true);
  const on = answers.slice(0, USERS.length).filter(({ value }) => value === true).length;
  expect(on).toBeGreaterThanOrEqual(USERS.length * 0.35);
  expect(on).toBeLessThanOrEqual(USERS.length * 0.65);
}

async function switchOff(
  terminal: CommandLine,
  api: ManagementApi,
  provider: Application,
  { edges }: Installation,
): Promise<void> {
  const from = provider.events.length;
  await terminal.json('flags', 'toggle', FLAG, ...PLACE, '--off', '--reason', 'errors in payment');
  const { at, flagsChanged } = await provider.event('PROVIDER_CONFIGURATION_CHANGED', 10_000, from);
  expect(flagsChanged).toEqual([FLAG]);
  const change = await api.get<Change>(`/projects/shop/changes/${await newestChange(api)}`);
  expect(change).toMatchObject({ action: 'flag.edit', reason: 'errors in payment' });
  expect(at - Date.parse(change.at)).toBeLessThan(1_000);
  // Receipts: every edge and the provider say that they have it.
  const all = { edges: new Set(edges).size, instances: 1 };
  await until('receipts of all who follow', 30_000, async () => {
    const { environments } = await api.get<Delivery>(`/projects/shop/changes/${change.id}/delivery`);
    const [told] = environments;
    const having = told?.known === true && { edges: told.edges.applied, instances: told.instances.applied };
    return isDeepStrictEqual(having, all) || undefined;
  });
}

/** How often each answer was given; an answer is named by all that a count tells apart. */
interface Tally {
  add(answers: readonly Evaluation[], times?: number): void;
  readonly counts: ReadonlyMap<string, number>;
}

function createTally(): Tally {
  const counts = new Map<string, number>();
  return {
    counts,
    add(answers, times = 1) {
      for (const { variant, reason, rule } of answers) {
        const name = nameOf(variant ?? null, reason, rule ?? null);
        counts.set(name, (counts.get(name) ?? 0) + times);
      }
    },
  };
}

function nameOf(variant: string | null, reason: string, rule: string | null): string {
  return `${variant} ${reason} ${rule}`;
}

/** Waits until as many evaluations were counted as were made, then compares every number. */
async function expectCounts(api: ManagementApi, { counts }: Tally): Promise<void> {
  const made = [...counts.values()].reduce((sum, count) => sum + count, 0);
  const found = await awaitCounts(api, '/projects/shop/environments/production', made);
  const shown = new Map(found.items.map(({ variant, reason, rule, count }) => [nameOf(variant, reason, rule), count]));
  expect(shown).toEqual(counts);
  expect(found).toMatchObject({ evaluations: made, missing: 0, dropped: 0 });
  expect(new Set(found.items.map(({ flag }) => flag))).toEqual(new Set([FLAG]));
}

/** Every change since it began, in order, each once. */
async function expectWatched(watch: ChildProgram, since: number, api: ManagementApi): Promise<void> {
  const told = (): readonly Change[] => watch.lines.slice(since).map((line) => JSON.parse(line) as Change);
  const newest = await newestChange(api);
  await until('the newest change that is watched', 10_000, async () =>
    told().at(-1)?.id === newest ? true : undefined,
  );
  expect(told().map(({ action, reason }) => [action, reason])).toEqual([
    ['key.create', null],
    ['key.create', null],
    ['flag.edit', 'errors in payment'],
  ]);
  const listed = (await api.list<Change>('/projects/shop/changes')).slice(0, 3);
  expect(told()).toEqual(listed.toReversed());
}

/** Where there are figures: every process is ready, each environment is somebody's, and what was accepted is stored. */
async function expectBalance({ servers }: Installation): Promise<void> {
  const measured = servers.filter(({ metricsUrl }) => metricsUrl !== null);
  if (measured.length === 0) return;
  await until('figures in balance', 30_000, async () => {
    const scrapes = await Promise.all(measured.map(readMetrics));
    const sum = (name: string): number => scrapes.reduce((all, scrape) => all + scrape.sum(`flaghoist_${name}`), 0);
    const batches = (what: string): number => sum(`exposure_batches_${what}_total`);
    const isStored = batches('accepted') === batches('stored') + batches('deduplicated') + batches('dropped');
    const isPublished = sum('publisher_environments') === 2 && sum('publisher_missing_environments') === 0;
    return (sum('ready') === measured.length && isPublished && isStored && batches('stored') > 0) || undefined;
  });
}

async function expectOrderlyEnds(
  { servers }: Installation,
  watch: ChildProgram,
  applications: readonly Application[],
): Promise<void> {
  for (const application of applications) expect(await application.close()).toMatchObject({ code: 0, stderr: '' });
  watch.signal('SIGINT');
  expect(await watch.ended).toMatchObject({ code: 0 });
  for (const server of servers) {
    for (const probe of ['livez', 'readyz']) expect((await fetch(`${server.url}/${probe}`)).status).toBe(200);
    const { code, signal, stderr } = await server.stop();
    expect({ code, signal }, stderr).toEqual({ code: 0, signal: null });
    expect(stderr).not.toContain('Not done within');
  }
}

function brief(answers: readonly (Answer | Evaluation)[]): readonly object[] {
  return answers.map(({ value, variant, reason }) => ({ value, variant, reason }));
}
