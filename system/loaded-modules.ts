/** Which modules a program has loaded: started with `env`, it writes them to a file. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Scene } from './scene.ts';

const NOTE_MODULES = new URL('./programs/note-modules.mjs', import.meta.url).href;

/** Packages that speak to a database or make SQL. */
export const DATABASES = /^(pg|kysely|@electric-sql\/pglite)(\/\S*)? /;
/** Packages and files that only a process with the role `control` needs. */
export const CONTROL_PLANE =
  /^(fastify|@fastify\/\S+|better-auth|typebox|openid-client|@node-rs\/argon2|@electric-sql\/pglite|@flaghoist\/server)(\/(?!edge )\S*)? |\/server\/dist\/(compose|modules)\.js$/;

export interface LoadedModules {
  /** For the program that is watched. */
  readonly env: Readonly<Record<string, string>>;
  /** `specifier address` of each that was loaded until now and fits. */
  matching(pattern: RegExp): Promise<readonly string[]>;
}

export async function noteModules(scene: Scene): Promise<LoadedModules> {
  const file = join(await scene.folder(), 'modules');
  return {
    env: { NODE_OPTIONS: `--import=${NOTE_MODULES}`, MODULES_FILE: file },
    matching: async (pattern) => (await readFile(file, 'utf8')).split('\n').filter((line) => pattern.test(line)),
  };
}
