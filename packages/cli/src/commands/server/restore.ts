import { resolve } from 'node:path';
import { createLogger } from '@flaghoist/runtime/telemetry';
import type { Restored } from '@flaghoist/server';
import { CommandFailure, wrongUse } from '../../command-failure.ts';
import { EXIT, type ExitCode } from '../../exit-codes.ts';
import type { Invocation, OutputOptions } from '../../invocation.ts';
import { plainText } from '../../output/plain-text.ts';
import { createReporter } from '../../output/reporter.ts';
import { loadAllSettings } from '../../settings.ts';
import { readNats } from './nats.ts';

interface RestoreOptions extends OutputOptions {
  readonly data?: string;
  readonly from?: string;
  readonly list?: boolean;
  readonly databaseUrl?: string;
  readonly natsUrl?: string;
  readonly raiseEpoch?: boolean;
}

/** `restore`: puts the database of a data folder back to a backup. Nothing is sent to a server, and none may be running. */
export async function restore({ host, options, printing }: Invocation<RestoreOptions>): Promise<ExitCode> {
  const { data, from, list, databaseUrl, natsUrl, raiseEpoch, config, output } = options;
  if (list === true && from !== undefined) throw wrongUse('--list restores nothing: leave --from out.');
  if (raiseEpoch === true && (list === true || from !== undefined))
    throw wrongUse('--raise-epoch restores nothing: leave --list and --from out.');
  const settings = loadAllSettings(host, { data, config, output, databaseUrl, natsUrl }).values;
  printing.output = settings.output;
  const folder = resolve(settings.data);
  const reporter = createReporter(host, settings.output);
  const server = await import('@flaghoist/server');
  if (list === true) {
    const backups = await server.readBackups(folder);
    reporter.result(backups, () =>
      backups.length === 0
        ? `No backups in ${plainText(folder)}.\n`
        : reporter.table(
            ['NAME', 'MADE'],
            backups.map(({ name, at }) => [name, at]),
          ),
    );
    return EXIT.ok;
  }
  const now = (): Date => new Date(host.now());
  if (raiseEpoch === true) {
    const logger = createLogger({ level: 'warn', name: 'flaghoist', destination: host.stderr });
    const epoch = await server
      .raiseEpoch({ data: folder, databaseUrl: settings.databaseUrl, nats: readNats(settings), logger, now })
      .catch((error: unknown) => {
        throw explained(error);
      });
    reporter.result({ epoch }, () => `Every environment goes on in epoch ${epoch}; start the servers again.\n`);
    return EXIT.ok;
  }
  const restored = await server.restoreBackup({ data: folder, from, now }).catch((error: unknown) => {
    throw explained(error);
  });
  reporter.result(restored, () => describe(restored));
  return EXIT.ok;
}

/** What an operator can mend is said in one message; anything else is a mistake of ours and keeps its stack. */
function explained(error: unknown): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (!(error instanceof Error) || typeof code !== 'string' || !code.startsWith('FLAGHOIST_')) return error;
  return new CommandFailure(code === 'FLAGHOIST_NO_BACKUP' ? EXIT.notFound : EXIT.failed, code, error.message);
}

function describe({ backup, epoch, setAside }: Restored): string {
  const before =
    setAside === null ? '' : `The database before lies in ${plainText(setAside)}: delete it when all is well.\n`;
  return `Restored ${plainText(backup)}. Every environment goes on in epoch ${epoch}; start the server again.
${before}Keys, tokens and people removed since that backup are back: remove them again.
`;
}
