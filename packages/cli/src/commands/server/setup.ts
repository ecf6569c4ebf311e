import type { TokenCreated } from '@flaghoist/protocol/management';
import { CommandFailure, wrongUse } from '../../command-failure.ts';
import { credentialsPath, prepareCredentialsFolder, readCredentials, saveCredentials } from '../../credentials.ts';
import { EXIT, type ExitCode } from '../../exit-codes.ts';
import { parseSetupLink } from '../../input/setup-link.ts';
import type { Invocation, ServerOptions } from '../../invocation.ts';
import { isLoopback } from '../../loopback.ts';
import { apiPath } from '../../management/api-path.ts';
import { valueOf } from '../../management/refusal.ts';
import { plainText } from '../../output/plain-text.ts';
import type { Reporter } from '../../output/reporter.ts';
import { checkUrl, openUnsignedSession } from '../../session.ts';

interface SetupOptions extends ServerOptions {
  readonly name?: string;
  readonly save: boolean;
  readonly recover?: boolean;
  readonly data?: string;
}

export async function setup(invocation: Invocation<SetupOptions>): Promise<ExitCode> {
  const { host, options, args } = invocation;
  if (options.recover === true) return (await import('./recover.ts')).recover(invocation);
  if (options.data !== undefined) throw wrongUse('--data is for --recover: without it, setup asks the running server.');
  const link = parseSetupLink(args[0] ?? '');
  const linkUrl = link.url === undefined ? undefined : checkUrl(link.url);
  const { client, reporter } = await openUnsignedSession(invocation, linkUrl);
  const path = credentialsPath(host);
  // Before the secret is spent: it works once.
  if (options.save) await prepare(path);
  const body = { setup: link.secret, ...(options.name === undefined ? {} : { name: options.name }) };
  const { body: token } = valueOf(await client.write('TokenCreated', { method: 'POST', path: apiPath`/setup`, body }));
  reporter.result(token, () => describe(token, client.url, reporter));
  if (options.save) await save(path, { url: client.url, token: token.secret }, reporter);
  return EXIT.ok;
}

async function prepare(path: string): Promise<void> {
  try {
    await prepareCredentialsFolder(path);
  } catch (error) {
    throw new CommandFailure(
      EXIT.failed,
      'credentials_not_saved',
      `the credentials cannot be saved at ${path}: ${messageOf(error)}\nNothing was done. Mend it, or use --no-save and keep the token yourself.`,
    );
  }
}

async function save(
  path: string,
  credentials: { readonly url: string; readonly token: string },
  reporter: Reporter,
): Promise<void> {
  const before = await readCredentials(path).catch(() => undefined);
  try {
    await saveCredentials(path, credentials);
  } catch (error) {
    throw new CommandFailure(
      EXIT.failed,
      'credentials_not_saved',
      `the token above is good, but could not be saved at ${path}: ${messageOf(error)}\nKeep it yourself and give it with FLAGHOIST_TOKEN.`,
    );
  }
  reporter.note(plainText(`Saved in ${path}: the other commands use it from now on.`));
  if (before !== undefined && before.url !== credentials.url) {
    reporter.note(plainText(`It replaces the credentials for ${before.url}.`));
  }
  const { protocol, hostname } = new URL(credentials.url);
  if (protocol === 'http:' && !isLoopback(hostname)) {
    reporter.note('Warning: this server is not reached over https, so the token can be read on the way.');
  }
}

function describe(token: TokenCreated, url: string, reporter: Reporter): string {
  const { colors } = reporter;
  return `${colors.green('The server is set up.')} Admin token, shown this once:

  ${colors.bold(plainText(token.secret))}

On another machine: export FLAGHOIST_URL=${plainText(url)} FLAGHOIST_TOKEN=<the token>
Next:               flaghoist projects create my-app -e staging,production

`;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
