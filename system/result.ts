/** Long runs: what they found, kept as a small file when the command asks for it, and ending them before their time. */
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { cpus, release } from 'node:os';
import { join } from 'node:path';

/** Writes `NAME.json` into the folder that `RESULTS` names; without it nothing. */
export async function keepResult(name: string, found: object): Promise<void> {
  const folder = process.env['RESULTS'];
  if (folder === undefined) return;
  await mkdir(folder, { recursive: true });
  const machine = {
    node: process.version,
    kernel: release(),
    cores: cpus().length,
    cpu: cpus()[0]?.model ?? 'unknown',
  };
  const result = { name, at: new Date().toISOString(), machine, ...found };
  await writeFile(join(folder, `${name}.json`), `${JSON.stringify(result, null, 2)}\n`);
}

/** What `keepResult` kept under this name before; null: nothing, or nothing is kept. */
export async function readResult<T extends object>(name: string): Promise<T | null> {
  const folder = process.env['RESULTS'];
  if (folder === undefined) return null;
  const text = await readFile(join(folder, `${name}.json`), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw error;
  });
  return text === null ? null : (JSON.parse(text) as T);
}

/** Whether a long run is to end with what it has: the file that `STOP` names is there. */
export function isToldToStop(): boolean {
  const file = process.env['STOP'];
  return file !== undefined && existsSync(file);
}
