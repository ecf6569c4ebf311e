import type { Candidate } from '@flaghoist/protocol/management';
import { EXIT, type ExitCode } from '../../exit-codes.ts';
import { checkKey } from '../../input/key.ts';
import type { EnvironmentOptions, Invocation, ServerOptions, WriteOptions } from '../../invocation.ts';
import { apiPath } from '../../management/api-path.ts';
import { valueOf } from '../../management/refusal.ts';
import { nowAt } from '../../output/change-text.ts';
import { plainText } from '../../output/plain-text.ts';
import type { Reporter } from '../../output/reporter.ts';
import { openSession, type Session } from '../../session.ts';

export async function showCandidate(invocation: Invocation<ServerOptions & EnvironmentOptions>): Promise<ExitCode> {
  const session = await openSession(invocation);
  const candidate = await readCandidate(session, pathOf(invocation));
  session.reporter.result(candidate, () => describe(candidate, session.reporter));
  return EXIT.ok;
}

export async function promoteCandidate(invocation: Invocation<WriteOptions & EnvironmentOptions>): Promise<ExitCode> {
  const session = await openSession(invocation);
  const path = pathOf(invocation);
  const { change } = await readCandidate(session, path);
  const { client, reporter, reason } = session;
  const body = { change };
  const written = valueOf(await client.write('Change', { method: 'POST', path: `${path}/promote`, body, reason }));
  reporter.result(written.body, () => plainText(`Promoted change ${change}.${nowAt(written.revisions)}`) + '\n');
  return EXIT.ok;
}

export async function withdrawCandidate(invocation: Invocation<WriteOptions & EnvironmentOptions>): Promise<ExitCode> {
  const session = await openSession(invocation);
  const path = pathOf(invocation);
  const { change } = await readCandidate(session, path);
  const { client, reporter, reason } = session;
  const write = { method: 'POST', path: `${path}/withdraw`, body: { change }, reason } as const;
  const written = valueOf(await client.write('CandidateDecision', write));
  reporter.result(written.body, () => plainText(`Withdrew change ${change}. It was never published.`) + '\n');
  return EXIT.ok;
}

async function readCandidate({ client }: Session, path: string): Promise<Candidate> {
  return valueOf(await client.read('Candidate', path)).body;
}

function describe(candidate: Candidate, reporter: Reporter): string {
  const { change, number, epoch, base, state, decidedBy, decidedAt, why, health, healthWhy } = candidate;
  const head = reporter.list([
    ['change', change],
    ['state', state],
    ['candidate', `${number}, on revision ${epoch}.${base}`],
    ...(state === 'tried'
      ? [['health', health] as const, ['', healthWhy] as const]
      : [['decided', `by ${decidedBy ?? ''} at ${decidedAt ?? ''}`] as const, ['', why ?? ''] as const]),
    ['changes', candidate.entities.map(({ kind, key }) => `${kind} ${key}`).join(', ')],
  ]);
  const rows = candidate.canaries.map((one) => [
    one.edge,
    one.host,
    one.number === null ? '-' : String(one.number),
    String(one.instances),
    String(one.errors),
    one.seenAt,
    one.problem ?? '',
  ]);
  const columns = ['CANARY', 'HOST', 'CANDIDATE', 'INSTANCES', 'ERRORS', 'SEEN', 'PROBLEM'];
  return [head, rows.length === 0 ? 'No canary edge was heard of.\n' : reporter.table(columns, rows)].join('\n');
}

function pathOf({ options }: Invocation<EnvironmentOptions>): string {
  const project = checkKey(options.project, 'project');
  const environment = checkKey(options.environment, 'environment');
  return apiPath`/projects/${project}/environments/${environment}/candidate`;
}
