/** What a test sets up in the world outside its process, and takes down again whatever comes of the test. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

export interface Scene {
  /** A fresh folder that goes when the test is over. Below the system's temporary folder, unless told otherwise. */
  folder(parent?: string): Promise<string>;
  /** Runs when the test is over: what was begun last is ended first. */
  atEnd(undo: () => Promise<unknown>): void;
}

/** Call it in a test. What fails at the end fails the test, but keeps nothing else from being ended. */
export function openScene(): Scene {
  const undos: (() => Promise<unknown>)[] = [];
  onTestFinished(async () => {
    const failures: unknown[] = [];
    for (const undo of undos.reverse()) await undo().catch((error: unknown) => failures.push(error));
    if (failures.length > 0) throw new AggregateError(failures, 'what the test began could not be ended');
  });
  return {
    async folder(parent = tmpdir()) {
      const path = await mkdtemp(join(parent, 'flaghoist-system-'));
      undos.push(() => rm(path, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 }));
      return path;
    },
    atEnd: (undo) => void undos.push(undo),
  };
}
