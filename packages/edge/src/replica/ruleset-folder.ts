/** Where an edge keeps the last good ruleset of each environment, access document included: a folder for each. */
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { LastGoodStore } from '@flaghoist/client';
import { createGenerations, hasCode } from '@flaghoist/runtime/files';

/** What may be the name of a folder on every system. Ids of environments are like that. */
const SAFE = /^[A-Za-z0-9_-]{1,128}$/;

export class RulesetFolder {
  readonly #folder: string;

  /** `folder`: of this edge alone; made when something is first saved. */
  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Ids of the environments that were ever saved here. */
  async environments(): Promise<readonly string[]> {
    try {
      const entries = await readdir(this.#folder, { withFileTypes: true });
      return entries.filter((entry) => entry.isDirectory() && SAFE.test(entry.name)).map(({ name }) => name);
    } catch (error) {
      if (hasCode(error, 'ENOENT')) return [];
      throw error;
    }
  }

  /** Deletes everything about an environment. */
  async forget(environment: string): Promise<void> {
    if (SAFE.test(environment)) await rm(join(this.#folder, environment), { recursive: true, force: true });
  }

  /** Null when the id cannot be the name of a folder. */
  open(environment: string): LastGoodStore | null {
    if (!SAFE.test(environment)) return null;
    return createGenerations({ folder: join(this.#folder, environment), name: 'ruleset', exclusive: true });
  }
}
