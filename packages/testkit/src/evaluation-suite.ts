/** The cases of `spec/evaluation`, as its README describes them. */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** An answer without its words, which are no part of the suite. Members that are absent must be absent. */
export interface SuiteAnswer {
  readonly value?: unknown;
  readonly variant?: string;
  readonly reason: string;
  readonly rule?: string;
  readonly errorCode?: string;
}

export interface SuiteCase {
  readonly name: string;
  readonly flag: string;
  readonly context: { readonly [attribute: string]: unknown };
  readonly moment?: { readonly now: number; readonly random: string };
  readonly expected: SuiteAnswer;
  /** What an implementation without regular expressions answers, where that is not `expected` for sure. */
  readonly withoutRegex?: SuiteAnswer;
}

/** One flag, segment or chunk: fits whatever takes entities. */
export interface SuiteEntity {
  readonly kind: 'flag' | 'segment' | 'chunk';
  readonly key: string;
  readonly json: string;
}

export interface SuiteFile {
  /** Of the file, without its ending. */
  readonly name: string;
  /** The ruleset as JSON: `flags` and `segments` are lists, `chunks` an object by key; the last two may be absent. */
  readonly ruleset: unknown;
  /** The same as entities: chunks first, because segments name them. */
  readonly entities: readonly SuiteEntity[];
  readonly cases: readonly SuiteCase[];
}

interface Content {
  readonly ruleset: {
    readonly flags: readonly { readonly key: string }[];
    readonly segments?: readonly { readonly key: string }[];
    readonly chunks?: { readonly [key: string]: unknown };
  };
  readonly cases: readonly SuiteCase[];
}

const FOLDER = fileURLToPath(new URL('../../../spec/evaluation/', import.meta.url));

/** All files of the suite, in the order of their names. Throws when one cannot be read. */
export function readEvaluationSuite(): readonly SuiteFile[] {
  const names = readdirSync(FOLDER).filter((name) => name.endsWith('.json'));
  return names.sort().map((name) => {
    const { ruleset, cases } = JSON.parse(readFileSync(FOLDER + name, 'utf8')) as Content;
    return { name: name.slice(0, -'.json'.length), ruleset, entities: listEntities(ruleset), cases };
  });
}

function listEntities({ flags, segments = [], chunks = {} }: Content['ruleset']): readonly SuiteEntity[] {
  return [
    ...Object.entries(chunks).map(([key, chunk]): SuiteEntity => ({ kind: 'chunk', key, json: JSON.stringify(chunk) })),
    ...segments.map((segment): SuiteEntity => ({ kind: 'segment', key: segment.key, json: JSON.stringify(segment) })),
    ...flags.map((flag): SuiteEntity => ({ kind: 'flag', key: flag.key, json: JSON.stringify(flag) })),
  ];
}
