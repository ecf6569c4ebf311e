import type { Status } from '@flaghoist/protocol/management';
import { EXIT, type ExitCode } from '../../exit-codes.ts';
import type { Invocation, ServerOptions } from '../../invocation.ts';
import { apiPath } from '../../management/api-path.ts';
import { valueOf } from '../../management/refusal.ts';
import type { Reporter } from '../../output/reporter.ts';
import type { Cell } from '../../output/table.ts';
import { openSession } from '../../session.ts';

export async function status(invocation: Invocation<ServerOptions>): Promise<ExitCode> {
  const { client, reporter } = await openSession(invocation);
  const { body } = valueOf(await client.read('Status', apiPath`/status`));
  reporter.result(body, () => describe(body, client.url, reporter));
  return EXIT.ok;
}

function describe(server: Status, url: string, reporter: Reporter): string {
  const { colors } = reporter;
  const head = reporter.list([
    ['server', url],
    ['version', server.version],
    ['ready', server.ready ? { text: 'yes', style: colors.green } : { text: 'NO', style: colors.red }],
    ['roles', server.roles.join(', ')],
    ['database', server.database],
    ...durabilityLines(server, reporter),
    ['started', server.startedAt],
    ...busLines(server, reporter),
    [
      'exposures',
      `${server.exposures.spooled} in the spool, ${server.exposures.queued ?? 'not known how many'} in the queue`,
    ],
    ...reconciledLines(server),
    ...backupLines(server, reporter),
    ...certificateLines(server, reporter),
  ]);
  // Where one process publishes everything, it goes without saying who.
  const several = new Set(server.environments.map(({ publisher }) => publisher)).size > 1;
  const rows = server.environments.map((one) => [
    one.project,
    one.environment,
    `${one.epoch}.${one.revision}`,
    String(one.published),
    ...(several ? [one.publisher ?? { text: 'nobody', style: colors.red }] : []),
    one.edge === null ? '-' : String(one.edge),
    String(one.streams),
    one.problem === null ? '' : { text: one.problem, style: colors.red },
  ]);
  if (rows.length === 0) return `${head}\nNo environments yet.\n`;
  const published = several ? ['PUBLISHED', 'BY'] : ['PUBLISHED'];
  const titles = ['PROJECT', 'ENVIRONMENT', 'REVISION', ...published, 'SERVED', 'STREAMS', 'PROBLEM'];
  return `${head}\n${reporter.table(titles, rows)}`;
}

function durabilityLines({ durability }: Status, { colors }: Reporter): readonly (readonly [string, Cell])[] {
  const { host, replication, standbys, acknowledgement, problem } = durability;
  const follow = standbys === 1 ? '1 standby follows' : `${standbys} standbys follow`;
  return [
    ...(host === null
      ? []
      : [['primary', `${host}, ${standbys === 0 ? 'no standby' : follow} (${replication})`] as const]),
    ['a change is', acknowledgement],
    ...(problem === null ? [] : [['database problem', { text: problem, style: colors.red }] as const]),
  ];
}

function busLines({ bus }: Status, { colors }: Reporter): readonly (readonly [string, Cell])[] {
  const { kind, version, replicas, acknowledgement, problem } = bus;
  const copies = replicas === null ? '' : `, ${replicas.current} of ${replicas.wanted} copies`;
  const what = kind === 'database' ? 'in the database' : `NATS ${version ?? ''}`.trim() + copies;
  return [
    ['bus', what],
    ...(acknowledgement === null ? [] : [['on the bus means', acknowledgement] as const]),
    ...(problem === null ? [] : [['bus problem', { text: problem, style: colors.red }] as const]),
  ];
}

function reconciledLines({ reconciled }: Status): readonly (readonly [string, Cell])[] {
  if (reconciled === null || reconciled.at === null) return [];
  const { at, republished, mismatches } = reconciled;
  return [['bus compared', `${at}, ${republished} republished, ${mismatches} mismatches since the start`]];
}

function backupLines({ backups }: Status, { colors }: Reporter): readonly (readonly [string, Cell])[] {
  if (backups === null) return [];
  const { newest, kept, problem } = backups;
  const line = ['backups', newest === null ? 'none yet' : `${kept}, the newest of ${newest}`] as const;
  return problem === null ? [line] : [line, ['backup problem', { text: problem, style: colors.red }]];
}

function certificateLines({ certificate }: Status, { colors }: Reporter): readonly (readonly [string, Cell])[] {
  if (certificate === null) return [];
  const { notAfter, problem } = certificate;
  const line = ['certificate', `valid until ${notAfter}`] as const;
  return problem === null ? [line] : [line, ['certificate problem', { text: problem, style: colors.red }]];
}
