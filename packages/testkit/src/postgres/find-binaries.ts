import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';

const PROGRAMS = ['initdb', 'postgres', 'pg_ctl', 'pg_basebackup'] as const;
const DEBIAN_ROOT = '/usr/lib/postgresql';

/**
 * The folder that holds PostgreSQL's server programs: the first of `folders` that has them all.
 * Throws an error that says what to install when none has.
 */
export function findPostgresBinaries(folders: readonly string[] = candidateFolders()): string {
  const found = folders.find((folder) => PROGRAMS.every((program) => existsSync(join(folder, program))));
  if (found !== undefined) return found;
  const looked = folders.length === 0 ? 'no folder looked like one of PostgreSQL' : `looked in ${folders.join(', ')}`;
  throw new Error(
    `These tests need PostgreSQL 15 or newer on this machine, and its server programs (${PROGRAMS.join(', ')}) ` +
      `were not found: ${looked}. Debian and Ubuntu: apt-get install postgresql. macOS: brew install postgresql@17.`,
  );
}

function candidateFolders(): string[] {
  const fromPgConfig = output('pg_config', ['--bindir']);
  const fromPath = output('which', ['initdb']);
  return [
    ...(fromPgConfig === '' ? [] : [fromPgConfig]),
    ...debianFolders(),
    ...(fromPath === '' ? [] : [dirname(fromPath)]),
  ];
}

function debianFolders(): string[] {
  if (!existsSync(DEBIAN_ROOT)) return [];
  return readdirSync(DEBIAN_ROOT)
    .filter((name) => /^\d+$/.test(name))
    .sort((a, b) => Number(b) - Number(a))
    .map((version) => join(DEBIAN_ROOT, version, 'bin'));
}

function output(program: string, args: readonly string[]): string {
  try {
    return execFileSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  } catch {
    return '';
  }
}
