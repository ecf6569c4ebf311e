import picocolors from 'picocolors';
import type { CommandFailure } from '../command-failure.ts';
import type { Host, Sink } from '../host.ts';
import { plainText } from './plain-text.ts';
import { type Cell, list, table } from './table.ts';

export type Output = 'human' | 'json';
export type Colors = ReturnType<typeof picocolors.createColors>;

/** Writes results and remarks in the form that was asked for. */
export interface Reporter {
  readonly output: Output;
  readonly colors: Colors;
  /** The result of a command: as JSON, or as the text made for people. Goes to standard output. */
  result(resource: unknown, human: () => string): void;
  /** One event of a stream: JSON on one line, or the line made for people. */
  line(resource: unknown, human: () => string): void;
  /** Something people should know; silent with JSON output. Goes to standard error. */
  note(text: string): void;
  table(head: readonly string[], rows: readonly (readonly Cell[])[]): string;
  list(pairs: readonly (readonly [name: string, value: Cell])[]): string;
}

export function createReporter(host: Host, output: Output): Reporter {
  const colors = colorsFor(host.stdout, host.env);
  return {
    output,
    colors,
    result(resource, human) {
      host.stdout.write(output === 'json' ? `${JSON.stringify(resource, null, 2)}\n` : human());
    },
    line(resource, human) {
      host.stdout.write(output === 'json' ? `${JSON.stringify(resource)}\n` : `${human()}\n`);
    },
    note(text) {
      if (output === 'human') host.stderr.write(`${text}\n`);
    },
    table: (head, rows) => table(head, rows, colors.bold),
    list: (pairs) => list(pairs, colors.bold),
  };
}

/** Prints why a command failed: `error: …`, or with JSON output the problem document. */
export function reportFailure(host: Host, output: Output, failure: CommandFailure): void {
  if (output === 'json') {
    const document = failure.problem ?? { code: failure.code, detail: failure.message };
    host.stderr.write(`${JSON.stringify(document)}\n`);
    return;
  }
  const [first = '', ...rest] = failure.message.split('\n').map((line) => plainText(line));
  const label = colorsFor(host.stderr, host.env).red('error:');
  host.stderr.write([`${label} ${first}`, ...rest].map((line) => `${line}\n`).join(''));
}

/** Colours only on a terminal that has them, and never against NO_COLOR (no-color.org: any text that is not empty). */
export function colorsFor(sink: Sink, env: Host['env']): Colors {
  const enabled = sink.isTTY && (env['NO_COLOR'] ?? '') === '' && env['TERM'] !== 'dumb';
  return picocolors.createColors(enabled);
}
