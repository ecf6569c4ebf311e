import type { Token, TokenCreate } from '@flaghoist/protocol/management';
import { EXIT, type ExitCode } from '../../exit-codes.ts';
import { checkId, checkKey } from '../../input/key.ts';
import type { Invocation, ServerOptions, WriteOptions } from '../../invocation.ts';
import { apiPath } from '../../management/api-path.ts';
import { valueOf } from '../../management/refusal.ts';
import { lifeText } from '../../output/life-text.ts';
import { plainText } from '../../output/plain-text.ts';
import { openSession } from '../../session.ts';

export async function listTokens(invocation: Invocation<ServerOptions>): Promise<ExitCode> {
  const { client, reporter, host } = await openSession(invocation);
  const tokens = valueOf(await client.readAll('Token', apiPath`/tokens`));
  reporter.result(tokens, () =>
    tokens.length === 0
      ? 'No tokens.\n'
      : reporter.table(
          ['ID', 'NAME', 'ROLE', 'PROJECT', 'ENVIRONMENT', 'STATE', 'CREATED BY'],
          tokens.map((token) => [
            token.id,
            token.name,
            token.role,
            token.project ?? 'all',
            token.environment ?? 'all',
            lifeText(token, host.now(), reporter.colors),
            token.createdBy,
          ]),
        ),
  );
  return EXIT.ok;
}

interface CreateOptions extends WriteOptions {
  readonly role: TokenCreate['role'];
  readonly project?: string;
  readonly environment?: string;
  readonly expiresAt?: string;
}

export async function createToken(invocation: Invocation<CreateOptions>): Promise<ExitCode> {
  const { options, args } = invocation;
  const body: TokenCreate = {
    name: args[0] ?? '',
    role: options.role,
    ...(options.project === undefined ? {} : { project: checkKey(options.project, 'project') }),
    ...(options.environment === undefined ? {} : { environment: checkKey(options.environment, 'environment') }),
    ...(options.expiresAt === undefined ? {} : { expiresAt: options.expiresAt }),
  };
  const { client, reporter, reason } = await openSession(invocation);
  const { body: token } = valueOf(
    await client.write('TokenCreated', { method: 'POST', path: apiPath`/tokens`, body, reason }),
  );
  reporter.result(token, () => `${plainText(token.secret)}\n`);
  reporter.note(
    plainText(
      `Made ${token.role} token ${token.id} (${token.name}) for ${placeOf(token)}. It is shown this once: keep it now.`,
    ),
  );
  return EXIT.ok;
}

function placeOf({ project, environment }: Pick<Token, 'project' | 'environment'>): string {
  return environment === null ? (project ?? 'all projects') : `${project} ${environment}`;
}

export async function revokeToken(invocation: Invocation<WriteOptions>): Promise<ExitCode> {
  const id = checkId(invocation.args[0] ?? '', 'token');
  const { client, reporter, reason } = await openSession(invocation);
  const written = valueOf(await client.write('Token', { method: 'POST', path: apiPath`/tokens/${id}/revoke`, reason }));
  reporter.result(written.body, () => `Revoked token ${id}.\n`);
  return EXIT.ok;
}
