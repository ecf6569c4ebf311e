/** The files that keep the last good ruleset over a restart. */
import { lstat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LastGoodStore } from '@flaghoist/client';
import { createGenerations } from '@flaghoist/runtime/files';

/** Marks to be taken away when the process ends as it was meant to. */
const marked = new Set<LastGoodStore>();

/**
 * In `dataDir`, named after url and key, so that providers and processes may share a folder. Null: in a folder of the
 * user's own, which nobody else can write to, in the temporary folder.
 */
export function createRulesetFile(dataDir: string | null, fingerprint: string): LastGoodStore {
  const files = createGenerations({
    folder: dataDir ?? join(tmpdir(), `flaghoist-${userId() ?? 'user'}`),
    name: `${fingerprint}.ruleset`,
    exclusive: false,
    ...(dataDir === null ? { check: checkOwner } : {}),
  });
  const store: LastGoodStore = {
    ...files,
    mark(text) {
      if (marked.size === 0) process.on('exit', onExit);
      marked.add(store);
      files.mark(text);
    },
    unmark() {
      if (marked.delete(store) && marked.size === 0) process.off('exit', onExit);
      files.unmark();
    },
  };
  return store;
}

/** A program that is done, and closes nothing, has not been killed by its ruleset; one that fails may have been. */
function onExit(code: number): void {
  if (code === 0) for (const store of marked) tryToUnmark(store);
}

function tryToUnmark(store: LastGoodStore): void {
  try {
    store.unmark();
  } catch {
    // The mark stays, as if the process had been killed.
  }
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
