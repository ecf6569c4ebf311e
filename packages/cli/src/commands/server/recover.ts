import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { CommandFailure, wrongUse } from '../../command-failure.ts';
import { EXIT, type ExitCode } from '../../exit-codes.ts';
import type { Invocation, ServerOptions } from '../../invocation.ts';
import { plainText } from '../../output/plain-text.ts';
import { createReporter } from '../../output/reporter.ts';
import { checkUrl } from '../../session.ts';
import { loadAllSettings } from '../../settings.ts';

interface RecoverOptions extends ServerOptions {
  readonly data?: string;
}

/**
 * `setup --recover`: for whoever may write the data folder of a server into which nobody can sign in. Prints a link that
 * makes an admin, once, within an hour. The server may be running; nothing is sent to it.
 */
export async function recover({ host, options, args, printing }: Invocation<RecoverOptions>): Promise<ExitCode> {
  if (args[0] !== undefined) throw wrongUse('--recover takes no link: it makes one.');
  const { data, config, output } = options;
  const settings = loadAllSettings(host, { data, config, output }).values;
  printing.output = settings.output;
  const folder = resolve(settings.data);
  if (!existsSync(join(folder, 'secret')) && !existsSync(join(folder, 'spool')))
    throw new CommandFailure(
      EXIT.failed,
      'no_data_folder',
      `${folder} is not the data folder of a server that was started. Name it with --data.`,
    );
  const url = checkUrl(options.url ?? settings.publicUrl ?? `http://127.0.0.1:${settings.port}`);
  const { writeRecovery } = await import('@flaghoist/server');
  const { secret, expiresAt } = await writeRecovery(folder, new Date(host.now())).catch((error: unknown) => {
    throw new CommandFailure(
      EXIT.failed,
      'data_not_writable',
      `nothing can be written in ${folder}: ${error instanceof Error ? error.message : String(error)}\nRun this as the user that the server runs as.`,
    );
  });
  const link = `${url}/setup#${secret}`;
  const reporter = createReporter(host, settings.output);
  reporter.result({ link, expiresAt }, () => describe(plainText(link), reporter.colors.bold));
  return EXIT.ok;
}

function describe(link: string, bold: (text: string) => string): string {
  return `Open this link within an hour; it works once:

  ${bold(link)}

Whoever opens it becomes an admin of the installation. An account with the same e-mail gets the new password, and its
authenticator app is removed.
`;
}
