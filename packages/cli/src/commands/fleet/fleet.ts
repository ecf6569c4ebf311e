import type { FleetResource } from '@flaghoist/protocol/management';
import { EXIT, type ExitCode } from '../../exit-codes.ts';
import { checkKey } from '../../input/key.ts';
import type { EnvironmentOptions, Invocation, ServerOptions } from '../../invocation.ts';
import { apiPath } from '../../management/api-path.ts';
import { valueOf } from '../../management/refusal.ts';
import { shareText, speedText } from '../../output/delivery-text.ts';
import type { Reporter } from '../../output/reporter.ts';
import type { Cell } from '../../output/table.ts';
import { openSession } from '../../session.ts';

type Follower = FleetResource['edges'][number] | FleetResource['instances'][number];

export async function showFleet(invocation: Invocation<ServerOptions & EnvironmentOptions>): Promise<ExitCode> {
  const project = checkKey(invocation.options.project, 'project');
  const environment = checkKey(invocation.options.environment, 'environment');
  const { client, reporter, host } = await openSession(invocation);
  const path = apiPath`/projects/${project}/environments/${environment}/fleet`;
  const { body } = valueOf(await client.read('Fleet', path));
  reporter.result(body, () => describe(body, reporter, host.now()));
  return EXIT.ok;
}

function describe(fleet: FleetResource, reporter: Reporter, now: number): string {
  const { colors } = reporter;
  const { edges, instances } = fleet.live;
  const head = reporter.list([
    ['environment', fleet.environment],
    ['revision', `${fleet.epoch}.${fleet.revision}`],
    ...(fleet.withheld === null ? [] : [['withheld', { text: fleet.withheld, style: colors.red }] as const]),
    ['have it', `${shareText(instances, 'live instances')}${speedText(instances)}`],
    ['', `${shareText(edges, 'live edges')}${speedText(edges)}`],
  ]);
  const rowOf = (one: Follower): readonly Cell[] => [
    one.revision === null ? '-' : `${one.epoch}.${one.revision}`,
    one.lag === null ? '-' : String(one.lag),
    one.ageMs === null ? '-' : age(one.ageMs),
    one.live ? `${age(now - Date.parse(one.seenAt))} ago` : { text: `gone, ${one.seenAt}`, style: colors.yellow },
    one.problem === null ? '' : { text: one.problem, style: colors.red },
  ];
  const columns = ['REVISION', 'LAG', 'AGE', 'SEEN', 'PROBLEM'];
  const edgeRows = fleet.edges.map((one) => {
    const host = one.canary ? `${one.host} (canary)` : one.host;
    return [one.edge, one.version, host, String(one.instances), ...rowOf(one)];
  });
  const instanceRows = fleet.instances.map((one) => [one.instance, one.sdk, one.host, one.edge, ...rowOf(one)]);
  return [
    head,
    edgeRows.length === 0
      ? 'No edge has been heard of for a day.\n'
      : reporter.table(['EDGE', 'VERSION', 'HOST', 'INSTANCES', ...columns], edgeRows),
    instanceRows.length === 0
      ? 'No instance has sent a receipt for a day.\n'
      : reporter.table(['INSTANCE', 'SDK', 'HOST', 'EDGE', ...columns], instanceRows),
  ].join('\n');
}

/** Of one unit, the largest that fits. */
function age(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1_000));
  if (seconds < 120) return `${seconds} s`;
  if (seconds < 7_200) return `${Math.round(seconds / 60)} min`;
  return `${Math.round(seconds / 3_600)} h`;
}
