/** A logger whose lines a test can look at. */
import { createLogger, type Logger } from '@flaghoist/runtime/telemetry';

export interface CapturedLog {
  readonly logger: Logger;
  readonly lines: readonly { readonly level: number; readonly msg?: string; readonly [member: string]: unknown }[];
  /** What was logged as an error: nothing, unless something is broken. */
  errors(): readonly unknown[];
}

const ERROR = 50;

export function captureLog(): CapturedLog {
  const lines: { level: number; msg?: string; [member: string]: unknown }[] = [];
  const destination = { write: (line: string) => void lines.push(JSON.parse(line) as (typeof lines)[number]) };
  const logger = createLogger({ level: 'debug', name: 'test', destination });
  return { logger, lines, errors: () => lines.filter((line) => line.level >= ERROR) };
}
