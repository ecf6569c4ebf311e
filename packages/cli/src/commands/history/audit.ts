import type { AuditVerdict } from '@flaghoist/protocol/management';
import { EXIT, type ExitCode } from '../../exit-codes.ts';
import { checkKey } from '../../input/key.ts';
import type { EnvironmentOptions, Invocation, ServerOptions } from '../../invocation.ts';
import { apiPath } from '../../management/api-path.ts';
import { valueOf } from '../../management/refusal.ts';
import type { Reporter } from '../../output/reporter.ts';
import { openSession } from '../../session.ts';

/** The server hashes every entry again, which takes a while in a long history. */
const TIMEOUT_MS = 600_000;

export async function verifyAudit(invocation: Invocation<ServerOptions & EnvironmentOptions>): Promise<ExitCode> {
  const project = checkKey(invocation.options.project, 'project');
  const environment = checkKey(invocation.options.environment, 'environment');
  const { client, reporter } = await openSession(invocation);
  const path = apiPath`/projects/${project}/environments/${environment}/audit/verify`;
  const { body } = valueOf(await client.read('AuditVerdict', path, TIMEOUT_MS));
  reporter.result(body, () => describe(body, reporter));
  return body.intact ? EXIT.ok : EXIT.failed;
}

function describe(verdict: AuditVerdict, reporter: Reporter): string {
  const { colors } = reporter;
  return reporter.list([
    ['history', verdict.intact ? { text: 'intact', style: colors.green } : { text: 'BROKEN', style: colors.red }],
    ['entries', String(verdict.entries)],
    ['last hash', verdict.head],
    ...(verdict.broken === null
      ? []
      : [[`entry ${verdict.broken.number}`, { text: verdict.broken.problem, style: colors.red }] as const]),
  ]);
}
