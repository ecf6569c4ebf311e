/**
 * Two generations of a text under one name, and what processes note about using it:
 *
 *     NAME, NAME.1             the newer and the older generation
 *     NAME.trying.PID-NONCE    the mark of one process: a line that names the process, then its text
 *     NAME.quarantine          a text
 *     NAME.proven              a text
 */
import { closeSync, constants, openSync, rmSync, writeSync } from 'node:fs';
import { mkdir, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { hasCode } from './error-code.ts';
import { checkLiveness, describeThisProcess, type LockOwner, parseOwner } from './lock-owner.ts';
import { readIfExists } from './read-if-exists.ts';
import { writeAtomically } from './write-atomically.ts';

export interface GenerationsOptions {
  /** Made when missing, for its owner only. */
  readonly folder: string;
  readonly name: string;
  /** Whether no other process uses this name, so that every mark found is of one that is gone. */
  readonly exclusive: boolean;
  /** Called before anything is read or written; what it throws keeps it from being so. */
  readonly check?: (folder: string) => Promise<void>;
}

export interface Generations {
  /** `marks`: those of processes that are gone. */
  load(): Promise<{
    readonly copies: readonly [string | null, string | null];
    readonly marks: readonly string[];
    readonly quarantine: string | null;
    readonly proven: string | null;
  }>;
  /** `keepPrevious`: the newer generation becomes the older one; else it is replaced. Durable once it resolves. */
  save(chunks: readonly string[], keepPrevious: boolean): Promise<void>;
  /**
   * Synchronous, because whoever is killed by what it does next must have said so before; not synced, because a mark has
   * to survive a process, not a power cut. Takes about 30 us. Throws when it cannot be written.
   */
  mark(text: string): void;
  unmark(): void;
  /** Takes away the marks that `load` has found. */
  forgetMarks(): Promise<void>;
  saveQuarantine(text: string | null): Promise<void>;
  saveProven(text: string): Promise<void>;
}

/** A mark whose process cannot be seen from here is left of one that is gone after this: marks in use are rewritten. */
const UNSEEN_MS = 60_000;

export function createGenerations({ folder, name, exclusive, check }: GenerationsOptions): Generations {
  const path = join(folder, name);
  const previous = `${path}.1`;
  let self: LockOwner | null = null;
  let longestMark = 0;
  let found: readonly string[] = [];
  const prepare = async (): Promise<LockOwner> => {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await check?.(folder);
    self ??= { ...(await describeThisProcess()), socket: null };
    return self;
  };
  const ownMark = (owner: LockOwner): string => `${path}.trying.${owner.pid}-${owner.nonce}`;
  return {
    async load() {
      const owner = await prepare();
      const marks = await findMarks({ folder, prefix: `${name}.trying.`, exclusive, owner });
      found = [...marks.keys()];
      const texts = [...marks.values()].filter((text) => text !== null);
      const [newer, older, quarantine, proven] = await Promise.all(
        [path, previous, `${path}.quarantine`, `${path}.proven`].map(readIfExists),
      );
      return {
        copies: [newer ?? null, older ?? null],
        marks: texts,
        quarantine: quarantine ?? null,
        proven: proven ?? null,
      };
    },
    async save(chunks, keepPrevious) {
      await prepare();
      await writeAtomically(path, chunks, keepPrevious ? previous : null);
    },
    mark(text) {
      if (self === null) return;
      const line = `${JSON.stringify(self)}\n${text}`;
      longestMark = Math.max(longestMark, line.length);
      writeOver(ownMark(self), line.padEnd(longestMark));
    },
    unmark() {
      if (self !== null) rmSync(ownMark(self), { force: true });
    },
    async forgetMarks() {
      // A folder that cannot be written to loses nothing but this.
      await Promise.all(found.map((file) => rm(file, { force: true }).catch(() => undefined)));
    },
    async saveQuarantine(text) {
      await prepare();
      if (text === null) await rm(`${path}.quarantine`, { force: true });
      else await writeAtomically(`${path}.quarantine`, [text]);
    },
    async saveProven(text) {
      await prepare();
      await writeAtomically(`${path}.proven`, [text]);
    },
  };
}

/** Without cutting the file short first: ext4 then writes it out at once, and that took up to 7 ms on a busy disk. */
function writeOver(path: string, text: string): void {
  const file = openSync(path, constants.O_WRONLY | constants.O_CREAT, 0o600);
  try {
    writeSync(file, text, 0);
  } finally {
    closeSync(file);
  }
}

interface Search {
  readonly folder: string;
  readonly prefix: string;
  readonly exclusive: boolean;
  readonly owner: LockOwner;
}

/** By path; null: a mark that cannot be read. */
async function findMarks({ folder, prefix, exclusive, owner }: Search): Promise<ReadonlyMap<string, string | null>> {
  const marks = new Map<string, string | null>();
  for (const file of await readdir(folder)) {
    if (!file.startsWith(prefix)) continue;
    const path = join(folder, file);
    const text = await readIfExists(path);
    if (text === null) continue;
    const end = text.indexOf('\n');
    const other = parseOwner(text.slice(0, Math.max(0, end)));
    if (other?.nonce === owner.nonce) continue;
    if (!exclusive && other !== null && (await lives(folder, path, other, owner))) continue;
    marks.set(path, other === null ? null : text.slice(end + 1).trimEnd());
  }
  return marks;
}

async function lives(folder: string, path: string, other: LockOwner, self: LockOwner): Promise<boolean> {
  const liveness = await checkLiveness(folder, other, self);
  if (liveness !== 'unknown') return liveness === 'alive';
  try {
    return Date.now() - (await stat(path)).mtimeMs < UNSEEN_MS;
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return true;
    throw error;
  }
}
