import { MAX_RATE_LIMIT } from '@flaghoist/protocol/keys';
import type { SdkKeyCreate, SdkKeyEdit } from '@flaghoist/protocol/management';
import { CommandFailure } from '../../command-failure.ts';
import { EXIT, type ExitCode } from '../../exit-codes.ts';
import { checkId, checkKey } from '../../input/key.ts';
import { splitList } from '../../input/option-values.ts';
import type { Invocation, ProjectOptions, ServerOptions, WriteOptions } from '../../invocation.ts';
import { apiPath } from '../../management/api-path.ts';
import { valueOf } from '../../management/refusal.ts';
import { nowAt } from '../../output/change-text.ts';
import { lifeText } from '../../output/life-text.ts';
import { plainText } from '../../output/plain-text.ts';
import { openSession } from '../../session.ts';

export async function listKeys(
  invocation: Invocation<ServerOptions & ProjectOptions & { readonly environment?: string }>,
): Promise<ExitCode> {
  const project = checkKey(invocation.options.project, 'project');
  const { environment } = invocation.options;
  if (environment !== undefined) checkKey(environment, 'environment');
  const { client, reporter, host } = await openSession(invocation);
  const keys = valueOf(await client.readAll('SdkKey', apiPath`/projects/${project}/keys`, { environment }));
  reporter.result(keys, () =>
    keys.length === 0
      ? `No keys. Make one: flaghoist keys create --kind server -p ${project} -e production\n`
      : reporter.table(
          ['ID', 'KIND', 'NAME', 'ENVIRONMENTS', 'ORIGINS', 'LIMIT', 'STATE', 'CREATED BY'],
          keys.map((key) => [
            key.id,
            key.kind,
            key.name,
            key.environments.join(','),
            key.origins.length === 0 ? 'any' : key.origins.join(','),
            key.rateLimit === null ? 'default' : String(key.rateLimit),
            lifeText(key, host.now(), reporter.colors),
            key.createdBy,
          ]),
        ),
  );
  return EXIT.ok;
}

interface CreateOptions extends WriteOptions, ProjectOptions {
  readonly kind: SdkKeyCreate['kind'];
  readonly environment: string;
  readonly name?: string;
  readonly origin?: readonly string[];
  readonly expiresAt?: string;
  readonly rateLimit?: string;
}

export async function createKey(invocation: Invocation<CreateOptions>): Promise<ExitCode> {
  const { options } = invocation;
  const project = checkKey(options.project, 'project');
  const environments = splitList(options.environment).map((key) => checkKey(key, 'environment'));
  const body: SdkKeyCreate = {
    kind: options.kind,
    environments,
    ...(options.name === undefined ? {} : { name: options.name }),
    ...(options.origin === undefined ? {} : { origins: [...options.origin] }),
    ...(options.expiresAt === undefined ? {} : { expiresAt: options.expiresAt }),
    ...(options.rateLimit === undefined ? {} : { rateLimit: readRateLimit(options.rateLimit) }),
  };
  const { client, reporter, reason } = await openSession(invocation);
  const path = apiPath`/projects/${project}/keys`;
  const { body: key, revisions } = valueOf(await client.write('SdkKeyCreated', { method: 'POST', path, body, reason }));
  // The secret alone on standard output, so that `KEY=$(flaghoist keys create …)` works.
  reporter.result(key, () => `${plainText(key.secret)}\n`);
  reporter.note(
    plainText(
      `Made ${key.kind} key ${key.id} for ${key.environments.join(', ')} of ${project}. It is shown this once: keep it now.${nowAt(revisions)}`,
    ),
  );
  return EXIT.ok;
}

export async function limitKey(invocation: Invocation<WriteOptions & ProjectOptions>): Promise<ExitCode> {
  const project = checkKey(invocation.options.project, 'project');
  const id = checkId(invocation.args[0] ?? '', 'key');
  const text = invocation.args[1] ?? '';
  const body: SdkKeyEdit = { rateLimit: text === 'default' ? null : readRateLimit(text) };
  const { client, reporter, reason } = await openSession(invocation);
  const path = apiPath`/projects/${project}/keys/${id}`;
  const written = valueOf(await client.write('SdkKey', { method: 'PATCH', path, body, reason }));
  const now = body.rateLimit === null ? 'the default' : `${body.rateLimit} requests a second`;
  reporter.result(
    written.body,
    () => plainText(`The limit of key ${id} of ${project} is ${now}.${nowAt(written.revisions)}`) + '\n',
  );
  return EXIT.ok;
}

export async function setKeyEnvironments(invocation: Invocation<WriteOptions & ProjectOptions>): Promise<ExitCode> {
  const project = checkKey(invocation.options.project, 'project');
  const id = checkId(invocation.args[0] ?? '', 'key');
  const body: SdkKeyEdit = {
    environments: splitList(invocation.args[1] ?? '').map((key) => checkKey(key, 'environment')),
  };
  const { client, reporter, reason } = await openSession(invocation);
  const path = apiPath`/projects/${project}/keys/${id}`;
  const written = valueOf(await client.write('SdkKey', { method: 'PATCH', path, body, reason }));
  const { environments } = written.body;
  reporter.result(
    written.body,
    () =>
      plainText(`Relay key ${id} of ${project} is for ${environments.join(', ')}.${nowAt(written.revisions)}`) + '\n',
  );
  return EXIT.ok;
}

function readRateLimit(text: string): number {
  const value = /^[1-9]\d{0,5}$/.test(text) ? Number(text) : Number.NaN;
  if (value <= MAX_RATE_LIMIT) return value;
  throw new CommandFailure(
    EXIT.wrongUse,
    'wrong_rate_limit',
    `${JSON.stringify(text)} is no limit: give requests a second, 1 to ${MAX_RATE_LIMIT}.`,
  );
}

export async function revokeKey(invocation: Invocation<WriteOptions & ProjectOptions>): Promise<ExitCode> {
  const project = checkKey(invocation.options.project, 'project');
  const id = checkId(invocation.args[0] ?? '', 'key');
  const { client, reporter, reason } = await openSession(invocation);
  const path = apiPath`/projects/${project}/keys/${id}/revoke`;
  const written = valueOf(await client.write('SdkKey', { method: 'POST', path, reason }));
  reporter.result(written.body, () => plainText(`Revoked key ${id} of ${project}.${nowAt(written.revisions)}`) + '\n');
  return EXIT.ok;
}
