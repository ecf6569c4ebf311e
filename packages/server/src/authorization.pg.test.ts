/**
 * Every route there is, with every role in every place: own environment, sibling environment, whole project, another project, nowhere.
 * What must come of it stands in a table here, not in the code that decides.
 */
import { randomUUID } from 'node:crypto';
import { createPostgresBus } from '@flaghoist/bus/postgres';
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
import { defaultLimits } from '../test-support/default-limits.ts';
import { ROUTES } from '../test-support/route-table.ts';
import { ApiCounts } from './platform/api-counts.ts';
import { type Control, createControl } from './api/control.ts';
import type { ListedRoute } from './platform/api.ts';
import type { Need, Place } from './platform/principal.ts';
import { EVERY_RIGHT, type Role } from './platform/rights.ts';
import { sql, transact } from './platform/database.ts';

/** Where somebody has their role, seen from what the path names: environment production of project shop. */
const WHERES = [
  'installation',
  'project',
  'own environment',
  'sibling environment',
  'other project',
  'nowhere',
] as const;
type Where = (typeof WHERES)[number];
const ROLES: readonly Role[] = ['viewer', 'editor', 'admin'];
const WHO = ['a token', 'a person'] as const;
type Who = (typeof WHO)[number];

type Outcome = 'pass' | 'forbidden' | 'not_found';

const VISIBLE = new Set<Where>(['installation', 'project', 'own environment', 'sibling environment']);
const RANK: Readonly<Record<Role, number>> = { viewer: 0, editor: 1, admin: 2 };

/** The whole policy, written a second time. */
function expected({ path, needs }: ListedRoute, who: Who, role: Role, where: Where): Outcome {
  const inEnvironment = path.includes(':environment');
  const covering = new Set<Where>([
    'installation',
    'project',
    ...(inEnvironment ? (['own environment'] as const) : []),
  ]);
  if (path.includes(':project')) {
    if (!VISIBLE.has(where)) return 'not_found';
    if (inEnvironment && where === 'sibling environment') return 'not_found';
  }
  const at = (places: ReadonlySet<Where>, least: Role): Outcome =>
    places.has(where) && RANK[role] >= RANK[least] ? 'pass' : 'forbidden';
  const table: Readonly<Record<Exclude<Need, 'public'>, () => Outcome>> = {
    known: () => 'pass',
    person: () => (who === 'a person' ? 'pass' : 'forbidden'),
    'administer something': () => (role === 'admin' ? 'pass' : 'forbidden'),
    read: () => at(VISIBLE, 'viewer'),
    edit: () => at(covering, 'editor'),
    'edit parts': () => at(VISIBLE, 'editor'),
    administer: () => at(covering, 'admin'),
    'administer parts': () => at(VISIBLE, 'admin'),
    'administer project': () => at(new Set<Where>(['installation', 'project']), 'admin'),
    'read installation': () => at(new Set<Where>(['installation']), 'viewer'),
    'administer installation': () => at(new Set<Where>(['installation']), 'admin'),
  };
  return needs === 'public' ? 'pass' : table[needs]();
}

interface Asker {
  readonly who: Who;
  readonly where: Where;
  readonly role: Role;
}
/** Whoever has no credentials has no role: one stands for all. */
const ASKERS: readonly Asker[] = WHO.flatMap((who) =>
  WHERES.flatMap((where) => (where === 'nowhere' ? ROLES.slice(0, 1) : ROLES).map((role) => ({ who, where, role }))),
);

describe.each(DATABASE_KINDS)('who may use which route, over the %s', (kind) => {
  let place: DatabasePlace;
  let open: OpenPlace;
  let control: Control;
  let stopBus: () => Promise<void>;
  let credentials: ReadonlyMap<string, Headers>;

  beforeAll(async () => {
    place = await makePlace(kind, () => createDatabase(inject('flaghoistPostgresUrl')));
    const { logger } = captureLog();
    const now = (): Date => new Date();
    open = await openModules(place, logger, now);
    const { database, modules } = open;
    const bus = createPostgresBus({
      db: database.db,
      listen: (channel, wake) => database.listen(channel, wake),
      logger,
    });
    stopBus = () => bus.stop();
    control = await createControl({
      modules,
      standby: database.standby,
      log: bus.log,
      listen: (channel, wake) => database.listen(channel, wake),
      logger,
      version: '0.0.0',
      limits: defaultLimits(),
      counts: new ApiCounts(),
      now,
      status: STATUS,
      dashboard: null,
      heartbeatMs: 15_000,
    });
    const author = createAuthor(modules);
    const [production, staging] = await author.project('shop', ['production', 'staging']);
    const [live] = await author.project('other', ['production']);
    if (production === undefined || staging === undefined || live === undefined) throw new Error('no content');
    await author.flag(production, { key: 'checkout', type: 'boolean' });
    await author.segment(production, { key: 'beta' });
    const places = { production, staging, live };
    credentials = new Map([...(await makeTokens(open, places)), ...(await makePeople(open, control, places))]);
  });
  afterAll(async () => {
    await control.stop();
    await stopBus();
    await open.database.close();
    await place.remove();
  });

  it('knows every route that there is', () => {
    const tabled = ROUTES.map(({ method, path, needs }) => `${method} ${path} ${needs}`);
    const listed = control.api.listedRoutes.map(
      ({ method, path, needs }) => `${method} ${path.replaceAll(/:(\w+)/g, '{$1}')} ${needs}`,
    );
    const hidden = listed.filter((route) => route.endsWith(' public') && !tabled.includes(route));
    expect(listed.filter((route) => !hidden.includes(route)).sort()).toEqual([...tabled].sort());
    // What is public and in no table serves files, or begins and ends a sign-in at a provider.
    expect(hidden.filter((route) => !PAGES.test(route))).toEqual([]);
  });

  it('lets through and refuses exactly as the table says', async () => {
    const problems: string[] = [];
    let tried = 0;
    async function check(route: ListedRoute, { who, where, role }: Asker): Promise<void> {
      const outcome = await tryRoute(control, route, credentials.get(`${who} ${role} ${where}`) ?? {});
      const wanted = where === 'nowhere' ? 'unauthenticated' : expected(route, who, role, where);
      tried += 1;
      if (outcome !== wanted)
        problems.push(`${route.method} ${route.path}: ${who}, ${role} in ${where}: ${outcome}, not ${wanted}`);
    }
    for (const route of control.api.listedRoutes.filter(({ needs }) => needs !== 'public'))
      await Promise.all(ASKERS.map((asker) => check(route, asker)));
    expect(problems).toEqual([]);
    expect(tried).toBeGreaterThan(1_500);
  });
});

const SUMMARY = { version: '0.0.0', roles: [], database: 'test', startedAt: '2026-01-01T00:00:00Z', ready: true };
const STATUS = {
  summary: () => SUMMARY,
  full: async () => ({
    ...SUMMARY,
    environments: [],
    durability: { host: null, replication: 'none' as const, standbys: 0, acknowledgement: 'test', problem: null },
    bus: { kind: 'database' as const, version: null, replicas: null, acknowledgement: null, problem: null },
    exposures: { spooled: 0, queued: 0 },
    reconciled: null,
    certificate: null,
    backups: null,
  }),
};
/** Pages, files and the two ends of a sign-in at a provider. */
const PAGES = /^GET \/(?:\*|assets\/\*|index\.html|api\/v1\/sign-in\/\{connection\}\/(?:start|callback))? public$/;

const ONE: Readonly<Record<string, string>> = {
  project: 'shop',
  environment: 'production',
  flag: 'checkout',
  segment: 'beta',
};

type Headers = Readonly<Record<string, string>>;

/** What comes of a request that gets past the policy is refused for its version or its body, so that nothing is changed. */
async function tryRoute({ api }: Control, { method, path }: ListedRoute, credentials: Headers): Promise<string> {
  const url = path.replaceAll(/:(\w+)/g, (_, name: string) => ONE[name] ?? '00000000-0000-4000-8000-000000000000');
  const isRead = method === 'GET';
  const answer = await api.inject({
    method: method as 'GET',
    // A stream has no end; its cursor's check comes after the policy.
    url: url.endsWith('/watch') ? `${url}?bogus=1` : url,
    headers: {
      ...credentials,
      'sec-fetch-site': 'same-origin',
      ...(isRead ? {} : { 'content-type': 'application/json' }),
    },
    ...(isRead ? {} : { payload: '{' }),
  });
  if (answer.statusCode < 400) return 'pass';
  const { code, detail } = answer.json<{ readonly code: string; readonly detail: string }>();
  if (code === 'forbidden' || code === 'unauthenticated') return code;
  if (code === 'not_found') return detail.includes('that you may see') ? code : 'pass';
  return PAST_THE_POLICY.has(code) ? 'pass' : code;
}

/** What the requests are refused for that got through. */
const PAST_THE_POLICY = new Set(['malformed_json', 'invalid_request']);

interface Places {
  readonly production: Place;
  readonly staging: Place;
  readonly live: Place;
}

/** Where the grants of each place are. */
function scopesOf({ production, staging, live }: Places): Readonly<Record<Exclude<Where, 'nowhere'>, Partial<Place>>> {
  return {
    installation: {},
    project: { project: production.project },
    'own environment': production,
    'sibling environment': staging,
    'other project': { project: live.project },
  };
}

async function makeTokens({ modules }: OpenPlace, places: Places): Promise<ReadonlyMap<string, Headers>> {
  const tokens = new Map<string, Headers>();
  for (const role of ROLES)
    for (const [where, scope] of Object.entries(scopesOf(places))) {
      const name = `a token ${role} ${where}`;
      const made = await modules.access.tokens.create(COMMAND, { name, role, ...scope });
      const { secret } = made.body as { readonly secret: string };
      tokens.set(name, { authorization: `Bearer ${secret}` });
    }
  return tokens;
}

const COMMAND = {
  actor: { id: 'test', name: 'test' },
  rights: EVERY_RIGHT,
  action: 'test',
  reason: null,
  idempotencyKey: null,
  fingerprint: '',
};

/** People with one grant each, signed in. */
async function makePeople(
  { database, modules }: OpenPlace,
  { api }: Control,
  places: Places,
): Promise<ReadonlyMap<string, Headers>> {
  const people = new Map<string, Headers>();
  for (const role of ROLES)
    for (const [where, { project, environment }] of Object.entries(scopesOf(places))) {
      const name = `a person ${role} ${where}`;
      const id = randomUUID();
      await sql`insert into people (id, email, name, created_at, updated_at)
        values (${id}::uuid, ${`${id}@shop.example`}, ${name}, now(), now())`.execute(database.db);
      await sql`insert into grants (person_id, role, project_id, environment_id)
        values (${id}::uuid, ${role}, ${project?.id ?? null}::uuid, ${environment?.id ?? null}::uuid)`.execute(
        database.db,
      );
      const session = await transact(database.db, async (tx) =>
        modules.identity?.sessions.signInAs(tx, id, { address: '127.0.0.1', userAgent: 'test' }),
      );
      const [cookie = ''] = session?.cookie.split(';') ?? [];
      const { csrf } = (await api.inject({ url: '/api/v1/session', headers: { cookie } })).json<{ csrf: string }>();
      people.set(name, { cookie, 'flaghoist-csrf': csrf });
    }
  return people;
}
