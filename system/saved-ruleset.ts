/** Copies of rulesets on disk: an edge's below its data folder, an application's in its own. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { until } from './until.ts';

const SAVED_WITHIN_MS = 60_000;

/** Resolves when a ruleset with this text in it is saved anywhere below the folder. */
export async function untilSaved(folder: string, text: string): Promise<void> {
  await until(`a copy of ${text} below ${folder}`, SAVED_WITHIN_MS, async () => {
    for (const name of await readdir(folder, { recursive: true }).catch(() => []))
      if ((await readFile(join(folder, name), 'utf8').catch(() => '')).includes(text)) return true;
    return undefined;
  });
}
