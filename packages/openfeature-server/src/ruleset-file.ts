/** The file that keeps the last good ruleset over a restart. */
import { lstat, mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Store } from '@flaghoist/client';
import { readIfExists, writeAtomically } from '@flaghoist/runtime/files';

/**
 * One file in `dataDir`, named after url and key, so that providers may share a folder. Null: in a folder of the user's
 * own, which nobody else can write to, in the temporary folder.
 */
export function createRulesetFile(dataDir: string | null, fingerprint: string): Store {
  const folder = dataDir ?? join(tmpdir(), `flaghoist-${userId() ?? 'user'}`);
  const path = join(folder, `${fingerprint}.ruleset`);
  const prepare = async (): Promise<void> => {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    if (dataDir === null) await checkOwner(folder);
  };
  return {
    async load() {
      await prepare();
      return readIfExists(path);
    },
    async save(text) {
      await prepare();
      await writeAtomically(path, [text]);
    },
  };
}

/** Anybody may make a folder of that name in the temporary folder first, and put rules of his own into it. */
async function checkOwner(folder: string): Promise<void> {
  const uid = userId();
  const status = await lstat(folder);
  if (status.isDirectory() && (uid === null || (status.uid === uid && (status.mode & 0o022) === 0))) return;
  throw new Error(`${folder} belongs to somebody else or others may write to it. Set the option \`dataDir\`.`);
}

/** Null where there are no user ids. */
function userId(): number | null {
  return process.getuid?.() ?? null;
}
