/** `--demo`: a small shop with flags one can play with. Made once; its keys are made anew at each start. */
import { randomUUID } from 'node:crypto';
import type { FlagConfigurationEdit, FlagCreate } from '@flaghoist/protocol/management';
import type { Logger } from '@flaghoist/runtime/telemetry';
import type { Modules } from './modules.ts';
import type { Command } from './modules/changes/index.ts';
import type { Place } from './platform/principal.ts';
import { EVERY_RIGHT } from './platform/rights.ts';

const PROJECT = 'demo-shop';
const KEY_NAME = 'demo';

export async function loadDemo(
  modules: Modules,
  logger: Logger,
): Promise<{ readonly server: string; readonly client: string }> {
  const existing = await modules.projects.byKey(PROJECT);
  if (existing === undefined) await makeProject(modules);
  const project = existing ?? (await modules.projects.byKey(PROJECT));
  const environment = project && (await modules.projects.environments.byKey(project.id, 'production'));
  if (project === undefined || environment === undefined) throw new Error('the demo project was not made');
  if (project.archivedAt !== null || environment.archivedAt !== null)
    logger.warn('the demo project is archived: its keys will not work');
  for (const id of await modules.access.keys.livingNamed(project.id, KEY_NAME))
    await modules.access.keys.revoke(command('key.revoke'), project.id, id);
  const keyOf = async (kind: 'server' | 'client'): Promise<string> => {
    const made = await modules.access.keys.create(command('key.create'), project.id, {
      kind,
      name: KEY_NAME,
      environments: [environment],
    });
    return (made.body as { readonly secret: string }).secret;
  };
  return { server: await keyOf('server'), client: await keyOf('client') };
}

function command(action: string): Command {
  const idempotencyKey = randomUUID();
  return {
    actor: { id: 'demo', name: 'demo' },
    rights: EVERY_RIGHT,
    action,
    reason: 'flaghoist start --demo',
    idempotencyKey,
    fingerprint: action,
  };
}

async function makeProject(modules: Modules): Promise<void> {
  const { projects, segments, flags } = modules;
  await projects.create(command('project.create'), {
    key: PROJECT,
    name: 'Demo shop',
    environments: ['production', 'staging'],
  });
  const project = await projects.byKey(PROJECT);
  const environment = project && (await projects.environments.byKey(project.id, 'production'));
  if (project === undefined || environment === undefined) throw new Error('the demo project was not made');
  const place: Place = {
    project: { id: project.id, key: project.key, archived: false },
    environment: { id: environment.id, key: environment.key, archived: false },
  };

  await segments.create(command('segment.create'), place, {
    key: 'staff',
    included: ['ada', 'grace'],
    conditions: [{ attribute: 'email', operator: 'endsWith', values: ['@shop.example'] }],
  });
  for (const flag of FLAGS) await flags.create(command('flag.create'), place.project, flag.create);
  for (const { create, configure } of FLAGS)
    await flags.configurations.edit(command('flag.edit'), place, create.key, '*', configure);
}

const half = (a: string, b: string) => ({
  rollout: {
    variants: [
      { variant: a, weight: 50 },
      { variant: b, weight: 50 },
    ],
    bucketing: { algorithm: 'murmur3/1' },
  },
});

interface DemoFlag {
  readonly create: FlagCreate;
  readonly configure: FlagConfigurationEdit;
}

const FLAGS: readonly DemoFlag[] = [
  {
    create: {
      key: 'new-checkout',
      type: 'boolean',
      name: 'New checkout',
      description: 'The one-page checkout.',
      owner: 'checkout',
      tags: ['checkout'],
      clientVisible: true,
    },
    configure: {
      enabled: true,
      rules: [
        {
          id: 'staff-first',
          description: 'Staff always see it',
          conditions: [{ segment: 'staff' }],
          serve: { variant: 'on' },
        },
      ],
      default: half('on', 'off'),
    },
  },
  {
    create: {
      key: 'banner',
      type: 'string',
      name: 'Home page banner',
      description: 'What the banner says.',
      owner: 'marketing',
      tags: ['home'],
      clientVisible: true,
      variants: { none: '', summer: 'Summer sale: 20 % off', members: 'Members ship free' },
      offVariant: 'none',
      defaultVariant: 'summer',
    },
    configure: {
      enabled: true,
      rules: [
        {
          id: 'members',
          conditions: [{ attribute: 'plan', operator: 'in', values: ['plus', 'pro'] }],
          serve: { variant: 'members' },
        },
      ],
    },
  },
  {
    create: {
      key: 'search-results',
      type: 'number',
      name: 'Search results per page',
      owner: 'search',
      tags: ['search'],
      variants: { few: 10, many: 50 },
      offVariant: 'few',
      defaultVariant: 'few',
    },
    configure: { enabled: true, default: half('few', 'many') },
  },
  {
    create: {
      key: 'payment-limits',
      type: 'object',
      name: 'Payment limits',
      owner: 'payments',
      tags: ['payments'],
      variants: { standard: { card: 500, invoice: 200 }, raised: { card: 2_000, invoice: 1_000 } },
      offVariant: 'standard',
      defaultVariant: 'standard',
    },
    configure: {
      enabled: true,
      targets: [{ variant: 'raised', keys: ['vip-1', 'vip-2'] }],
      rules: [
        {
          id: 'big-companies',
          conditions: [{ attribute: 'company.employees', operator: 'greaterThan', values: [500] }],
          serve: { variant: 'raised' },
        },
      ],
    },
  },
  {
    create: {
      key: 'recommendations',
      type: 'boolean',
      name: 'Recommendations',
      description: 'Off: the kill switch was used.',
      owner: 'search',
      tags: ['search', 'kill-switch'],
    },
    configure: { enabled: false },
  },
];
