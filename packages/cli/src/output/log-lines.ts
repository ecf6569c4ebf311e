import type { DestinationStream } from '@flaghoist/runtime/telemetry';
import type { Sink } from '../host.ts';
import { plainText } from './plain-text.ts';
import type { Colors } from './reporter.ts';

const LEVELS: ReadonlyMap<unknown, string> = new Map<unknown, string>([
  [10, 'trace'],
  [20, 'debug'],
  [30, 'info'],
  [40, 'warn'],
  [50, 'error'],
  [60, 'fatal'],
]);
const HEAD_MEMBERS: ReadonlySet<string> = new Set(['level', 'time', 'pid', 'hostname', 'name', 'msg', 'err']);

/** Takes a logger's JSON lines and writes each as one line for people: time, level, message, members. */
export function logLines(sink: Sink, colors: Colors): DestinationStream {
  return {
    write(line: string) {
      sink.write(`${describe(line, colors)}\n`);
    },
  };
}

function describe(line: string, colors: Colors): string {
  let entry: { readonly [member: string]: unknown };
  try {
    entry = JSON.parse(line) as typeof entry;
  } catch {
    return plainText(line.trimEnd());
  }
  const level = LEVELS.get(entry['level']) ?? String(entry['level']);
  const members = Object.entries(entry)
    .filter(([name]) => !HEAD_MEMBERS.has(name))
    .map(([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`);
  const text = [textOf(entry['msg']), errorText(entry['err'], entry['msg']), ...members].filter((part) => part !== '');
  const time = typeof entry['time'] === 'number' ? new Date(entry['time']).toISOString() : textOf(entry['time']);
  return `${colors.dim(time)} ${colorOf(level, colors)(level.padEnd(5))} ${text.map((part) => plainText(part)).join('  ')}`;
}

/** Pino gives the error's own message to a line that has none. */
function errorText(error: unknown, message: unknown): string {
  if (typeof error !== 'object' || error === null || !('message' in error)) return '';
  return error.message === message ? '' : `(${textOf(error.message)})`;
}

function textOf(value: unknown): string {
  if (value === undefined) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function colorOf(level: string, colors: Colors): (text: string) => string {
  if (level === 'error' || level === 'fatal') return colors.red;
  return level === 'warn' ? colors.yellow : colors.dim;
}
