import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  type Answer,
  type ManagementServer,
  problem,
  startManagementServer,
} from '../../../test-support/management-server.ts';
import { runCommand, signedIn } from '../../../test-support/run-command.ts';

const BASE = '/projects/shop/environments/production';

/** A trace: `checkout` needs `login`; both look at segment `beta`, which looks at a plan. */
const plan = { attribute: 'plan', operator: 'in', negate: false };
const tracedPlan = (path: string) => ({ condition: 'attribute', path, ...plan, value: 'free', held: false });
const tracedBeta = (path: string) => ({
  condition: 'segment',
  path,
  segment: 'beta',
  negate: false,
  because: 'conditions',
  conditions: [tracedPlan('$.conditions[0]')],
  held: false,
});
const staff = { condition: 'segment', segment: 'staff', negate: true, because: 'excluded', conditions: [], held: true };
const rule = (...conditions: readonly object[]) => ({
  step: 'rule',
  path: '$.rules[0]',
  rule: 'r',
  held: false,
  conditions,
});
const found = (flag: string) => ({ step: 'flag', flag, found: true, enabled: true });
const needs = (flag: string, ...steps: readonly object[]) => ({
  step: 'prerequisite',
  path: '$.prerequisites[0]',
  flag,
  variants: ['on'],
  served: 'on',
  held: true,
  leadsBack: false,
  steps: [found(flag), ...steps],
});
const evaluation = {
  flag: 'checkout',
  value: false,
  variant: 'off',
  reason: 'DEFAULT',
  revision: '2.43',
  steps: [
    found('checkout'),
    needs('login', rule(tracedPlan('$.rules[0].conditions[0]'), tracedBeta('$.rules[0].conditions[1]'))),
    needs('simple', { step: 'default', path: '$.default', variant: 'on' }),
    rule({ ...staff, path: '$.rules[0].conditions[0]' }, tracedBeta('$.rules[0].conditions[1]')),
  ],
};

const configured = (...conditions: readonly object[]) => ({ rules: [{ id: 'r', conditions }], revision: 9 });
const OWNERS: { readonly [route: string]: object } = {
  'flags/login': configured({ ...plan, values: ['team'] }, { segment: 'beta' }),
  'flags/checkout': configured({ segment: 'staff', negate: true }, { segment: 'beta' }),
  'segments/beta': { conditions: [{ ...plan, values: ['pro', 'max'] }], revision: 43 },
};

const IN_WORDS = [
  'flag checkout is on',
  '  needs login to serve on: yes, it serves on',
  '    flag login is on',
  '      rule r: does not hold',
  '        plan in "team"          plan is "free"                 does not hold',
  '        in segment beta         its conditions decide          does not hold',
  '          plan in "pro", "max"  plan is "free"                 does not hold',
  '  needs simple to serve on: yes, it serves on',
  '    flag simple is on',
  '      otherwise: serves on',
  '  rule r: does not hold',
  '    not in segment staff        the targeting key is excluded  holds',
  '    in segment beta             its conditions decide          does not hold',
  '      plan in "pro", "max"      plan is "free"                 does not hold',
];

let server: ManagementServer;

beforeEach(async () => {
  server = await startManagementServer();
  server.answer(`POST ${BASE}/evaluate`, { body: evaluation });
  for (const [route, body] of Object.entries(OWNERS)) server.answer(`GET ${BASE}/${route}`, { body });
});
afterEach(() => server.close());

const run = (...more: readonly string[]) =>
  runCommand(['evaluate', 'checkout', '-p', 'shop', '-e', 'production', '--explain', ...more], signedIn(server.url));
const asked = () => server.requests.slice(1).map(({ method, path }) => `${method} ${path.slice(BASE.length + 1)}`);

async function explanation(): Promise<readonly string[]> {
  const { code, out, err } = await run();
  expect({ code, err }).toEqual({ code: 0, err: '' });
  return out.split('\n\n')[1]?.trimEnd().split('\n') ?? [];
}

describe('evaluate --explain', () => {
  it('shows conditions as they are configured, and asks once for each flag and segment that has one in the trace', async () => {
    expect((await explanation()).map((line) => line.trimEnd())).toEqual(IN_WORDS);
    expect([...asked()].sort()).toEqual(['GET flags/checkout', 'GET flags/login', 'GET segments/beta']);
  });

  it('prints the trace as the server gives it, and asks for nothing else, with JSON output', async () => {
    const { code, out } = await run('--output', 'json');
    expect({ code, printed: JSON.parse(out) as unknown }).toEqual({ code: 0, printed: evaluation });
    expect(asked()).toEqual([]);
  });

  it.each<[string, Answer]>([
    ['may not be read', problem(403, 'forbidden', 'No.')],
    ['is gone', problem(404, 'not_found', 'Gone.')],
    ['was changed after the evaluation', { body: { ...OWNERS['segments/beta'], revision: 44 } }],
    [
      'has another condition there',
      { body: { conditions: [{ ...plan, attribute: 'tier', values: [] }], revision: 43 } },
    ],
    ['is not as a server answers', { body: '<html>' }],
  ])('names the conditions of a segment that %s by their paths, and the others in words', async (_, answer) => {
    server.answer(`GET ${BASE}/segments/beta`, answer);
    const shown = await explanation();
    expect(shown.at(-1)).toBe('      no: plan in ($.conditions[0]): plan is "free"');
    expect(shown.at(-2)).toMatch(/^ {4}in segment beta +its conditions decide +does not hold$/);
  });

  it('answers all the same when the server is gone after the evaluation, without asking on and on', async () => {
    const many = Array.from({ length: 50 }, (_unused, index) =>
      needs(`login-${index}`, rule(tracedPlan('$.rules[0].conditions[0]'))),
    );
    server.answer(`POST ${BASE}/evaluate`, { body: { ...evaluation, steps: many } });
    for (let index = 0; index < many.length; index++) server.answer(`GET ${BASE}/flags/login-${index}`, 'cut');
    const shown = await explanation();
    expect(
      shown.filter((line) => line.includes('no: plan in ($.rules[0].conditions[0]): plan is "free"')),
    ).toHaveLength(50);
    // Four at a time, and again what was sent on a connection that was open before.
    expect(asked().length).toBeLessThanOrEqual(8);
  });

  it('asks for nothing whose key could lead out of its path', async () => {
    server.answer(`POST ${BASE}/evaluate`, { body: { ...evaluation, steps: [needs('..', rule(tracedPlan('$')))] } });
    expect((await explanation()).at(-1)).toBe('        no: plan in ($): plan is "free"');
    expect(asked()).toEqual([]);
  });
});
