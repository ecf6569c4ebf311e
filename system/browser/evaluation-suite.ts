/** The cases of `spec/evaluation`, as its README describes them. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type {
  Chunk,
  EntityChange,
  Evaluation,
  EvaluationContext,
  FlagConfiguration,
  Moment,
  Segment,
} from '@flaghoist/evaluator';

const FOLDER = fileURLToPath(new URL('../../spec/evaluation', import.meta.url));

/** An answer, without the words of an error: they are no part of the suite. */
export type Answer = Omit<Evaluation, 'errorMessage'>;

export interface SuiteCase {
  readonly name: string;
  readonly flag: string;
  readonly context: EvaluationContext;
  readonly moment?: Moment;
  readonly expected: Answer;
  /** What an implementation without regular expressions answers, where that is not all the same. */
  readonly withoutRegex?: Answer;
}

export interface SuiteFile {
  readonly name: string;
  readonly entities: readonly EntityChange[];
  readonly cases: readonly SuiteCase[];
}

interface FileContent {
  readonly ruleset: {
    readonly flags?: readonly FlagConfiguration[];
    readonly segments?: readonly Segment[];
    /** By their keys. */
    readonly chunks?: { readonly [key: string]: Chunk };
  };
  readonly cases: readonly SuiteCase[];
}

export async function readSuite(): Promise<readonly SuiteFile[]> {
  const names = (await readdir(FOLDER)).filter((name) => name.endsWith('.json')).sort();
  return Promise.all(
    names.map(async (name) => {
      const { ruleset, cases } = JSON.parse(await readFile(join(FOLDER, name), 'utf8')) as FileContent;
      return { name, entities: readEntities(ruleset), cases };
    }),
  );
}

/** Whether an evaluation of the file may reach a regular expression. */
export function hasPatterns({ entities }: SuiteFile): boolean {
  return entities.some(({ json }) => json?.includes('"matches"'));
}

function readEntities({ flags = [], segments = [], chunks = {} }: FileContent['ruleset']): readonly EntityChange[] {
  return [
    ...flags.map((flag) => createEntity('flag', flag.key, flag)),
    ...segments.map((segment) => createEntity('segment', segment.key, segment)),
    ...Object.entries(chunks).map(([key, chunk]) => createEntity('chunk', key, chunk)),
  ];
}

function createEntity(kind: EntityChange['kind'], key: string, content: unknown): EntityChange {
  return { kind, key, json: JSON.stringify(content) };
}
