/** What is set up in the world outside this process, and how it is taken down again. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface Scene {
  /** A fresh folder that goes at the end. Below the system's temporary folder, unless told otherwise. */
  folder(parent?: string): Promise<string>;
  /** Runs at the end: what was begun last is ended first. */
  atEnd(undo: () => Promise<unknown>): void;
}

export interface Stage {
  readonly scene: Scene;
  /** Ends what was begun, whatever fails; rejects with all that failed. */
  readonly end: () => Promise<void>;
}

export function createStage(): Stage {
  const undos: (() => Promise<unknown>)[] = [];
  return {
    scene: {
      async folder(parent = tmpdir()) {
        const path = await mkdtemp(join(parent, 'flaghoist-system-'));
        undos.push(() => rm(path, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 }));
        return path;
      },
      atEnd: (undo) => void undos.push(undo),
    },
    async end() {
      const failures: unknown[] = [];
      for (const undo of undos.splice(0).reverse()) await undo().catch((error: unknown) => failures.push(error));
      if (failures.length > 0) throw new AggregateError(failures, 'what was begun could not be ended');
    },
  };
}
