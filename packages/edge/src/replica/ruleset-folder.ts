/** Where an edge keeps the last good ruleset of each environment, access document included: a folder for each. */
import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { LastGoodStore } from '@flaghoist/client';
import { createGenerations, hasCode, readIfExists, writeAtomically } from '@flaghoist/runtime/files';

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

  /** What was last kept about the environment's revoked keys; null: nothing was. */
  async readRevoked(environment: string): Promise<string | null> {
    return SAFE.test(environment) ? ((await readIfExists(this.#revokedFile(environment))) ?? null) : null;
  }

  /** Durable once it resolves. Does nothing for an id that cannot be the name of a folder. */
  async saveRevoked(environment: string, text: string): Promise<void> {
    if (!SAFE.test(environment)) return;
    await mkdir(join(this.#folder, environment), { recursive: true, mode: 0o700 });
    await writeAtomically(this.#revokedFile(environment), [text]);
  }

  #revokedFile(environment: string): string {
    return join(this.#folder, environment, 'revoked');
  }
}
