import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

export interface NatsProgram {
  readonly path: string;
  /** E.g. `2.9.10`. */
  readonly version: string;
}

/**
 * The nats-server of this machine: `NATS_SERVER`, then the PATH and Debian's folder. Throws an error that says what to
 * install when there is none.
 */
export function findNatsServer(): NatsProgram {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/usr/local/bin'];
  const paths = [process.env['NATS_SERVER'] ?? '', ...folders.map((folder) => join(folder, 'nats-server'))];
  const found = paths.map(programAt).find((program) => program !== null);
  if (found !== undefined) return found;
  throw new Error(
    'These tests need nats-server 2.9 or newer on this machine, and it was found neither in NATS_SERVER nor on the PATH. ' +
      'Debian and Ubuntu: apt-get install nats-server. macOS: brew install nats-server.',
  );
}

function programAt(path: string): NatsProgram | null {
  if (path === '' || !existsSync(path)) return null;
  try {
    const words = execFileSync(path, ['--version'], { encoding: 'utf8' });
    const version = /v(\d+\.\d+\.\d+)/.exec(words)?.[1];
    return version === undefined ? null : { path, version };
  } catch {
    // It was made for another system.
    return null;
  }
}
