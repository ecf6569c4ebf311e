/** What a long run found, kept as a small file when the command asks for it. */
import { mkdir, writeFile } from 'node:fs/promises';
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
