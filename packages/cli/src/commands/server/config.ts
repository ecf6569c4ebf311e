import { describeSettings } from '@flaghoist/runtime/config';
import { EXIT, type ExitCode } from '../../exit-codes.ts';
import type { Invocation } from '../../invocation.ts';
import { createReporter } from '../../output/reporter.ts';
import { loadAllSettings, PREFIX, SETTINGS } from '../../settings.ts';

/** Prints every setting as `start` would see it; secrets are masked. */
export async function config(invocation: Invocation<{ readonly [name: string]: unknown }>): Promise<ExitCode> {
  const { host, options, printing } = invocation;
  const { values, sources } = loadAllSettings(host, options);
  printing.output = values.output;
  const rows = describeSettings(SETTINGS, values, sources, PREFIX);
  const reporter = createReporter(host, values.output);
  reporter.result(rows, () =>
    reporter.table(
      ['SETTING', 'VALUE', 'FROM', 'ALLOWED', 'OPTION', 'ENVIRONMENT'],
      rows.map((row) => [row.name, row.value, row.source, row.allowed, row.option, row.env]),
    ),
  );
  return EXIT.ok;
}
