/** Very many applications, in a few processes, each with a provider of its own that follows the same environment. */
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import { type ChildProgram, startProgram } from './child-program.ts';
import type { Scene } from './scene.ts';

const PROGRAM = fileURLToPath(new URL('./programs/many-providers.mjs', import.meta.url));
/** One that has more of them is busy with itself when all come back at once. */
const IN_A_PROCESS = 1_250;
const ANSWER_WITHIN_MS = 120_000;
/** A process of streams has files of its own, and a follower that comes back opens a second connection before the first is closed. */
const FILES_FOR_EACH = 2;
const FILES_BESIDE = 500;

/** Requests for streams and snapshots since it was last asked. */
export interface Attempts {
  readonly attempts: number;
  /** That one follower had under way at the same moment, unanswered. */
  readonly mostInFlight: number;
}

export interface Crowd {
  /** How many answer from a ruleset. */
  answering(): Promise<number>;
  /** How many hold this revision. */
  holding(revision: number): Promise<number>;
  attempts(): Promise<Attempts>;
  /** When each was first answered well since attempts were last asked, in milliseconds since 1970; null: not yet. */
  followed(): Promise<readonly (number | null)[]>;
  close(): Promise<void>;
}

export function openCrowd(
  scene: Scene,
  { url, key, count }: { readonly url: string; readonly key: string; readonly count: number },
): Crowd {
  const parts = Math.ceil(count / IN_A_PROCESS);
  const programs = Array.from({ length: parts }, (_, i) => {
    const part = Math.floor((count * (i + 1)) / parts) - Math.floor((count * i) / parts);
    return startProgram(scene, { args: [PROGRAM, JSON.stringify({ url, key, count: part })] });
  });
  let asked = 0;

  function askAll<T>(question: object): Promise<readonly T[]> {
    const id = ++asked;
    return Promise.all(programs.map((program) => ask<T>(program, id, question)));
  }
  const total = async (question: object): Promise<number> =>
    (await askAll<number>(question)).reduce((sum, one) => sum + one, 0);

  return {
    answering: () => total({ ask: 'answering' }),
    holding: (revision) => total({ ask: 'holding', revision }),
    async attempts() {
      const all = await askAll<Attempts & { readonly unknown: number }>({ ask: 'attempts' });
      // An attempt that is nobody's would not be counted with anybody's.
      expect(all.map(({ unknown }) => unknown)).toEqual(all.map(() => 0));
      return {
        attempts: all.reduce((sum, one) => sum + one.attempts, 0),
        mostInFlight: Math.max(...all.map(({ mostInFlight }) => mostInFlight)),
      };
    },
    followed: async () => (await askAll<readonly (number | null)[]>({ ask: 'followed' })).flat(),
    async close() {
      for (const program of programs) program.writeLine(JSON.stringify({ ask: 'close' }));
      for (const program of programs) expect(await program.ended).toMatchObject({ code: 0 });
    },
  };
}

async function ask<T>(program: ChildProgram, id: number, question: object): Promise<T> {
  const isAnswer = (line: string): boolean => (JSON.parse(line) as { id: number }).id === id;
  program.writeLine(JSON.stringify({ id, ...question }));
  const line = await program.line('what a crowd says of itself', ANSWER_WITHIN_MS, isAnswer);
  return (JSON.parse(line) as { readonly answer: T }).answer;
}

/** Throws where a process may not have as many files open as so many streams are. Says nothing where the system does not tell. */
export async function expectRoomFor(streams: number): Promise<void> {
  const limits = await readFile('/proc/self/limits', 'utf8').catch(() => '');
  const allowed = Number(/^Max open files\s+\S+\s+(\d+)/m.exec(limits)?.[1] ?? Number.POSITIVE_INFINITY);
  const needed = streams * FILES_FOR_EACH + FILES_BESIDE;
  if (allowed < needed)
    throw new Error(
      `${streams} streams need ${needed} open files in the server's process, and ${allowed} are allowed here: ` +
        `ulimit -Hn ${needed} (as root), or fewer by STREAMS=${Math.floor((allowed - FILES_BESIDE) / FILES_FOR_EACH)}`,
    );
}
