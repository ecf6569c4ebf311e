/** The draft of one flag in one environment, what is wrong with it, and what others saved meanwhile. */
import type { FlagType, RegexEngine } from '@flaghoist/evaluator';
import { useDeferredValue, useEffect, useMemo, useReducer, useState } from 'react';
import type { FieldProblem } from '../../../api/problem.ts';
import {
  findProblems,
  inFormWords,
  isUnfinished,
  NO_PROBLEMS,
  type Problems,
  usesPatterns,
} from '../check/problems.ts';
import { loadRegexEngine } from '../check/regex-engine.ts';
import { type Configuration, type ConfigurationAnswer, readConfiguration } from '../draft/configuration.ts';
import { beginDraft, type Draft, type DraftEvent, isDirty, stepDraft } from '../draft/draft.ts';

export type SavedConfiguration = ConfigurationAnswer & { readonly revision: number };

export interface DraftState {
  readonly draft: Draft;
  readonly dirty: boolean;
  readonly step: (event: DraftEvent) => void;
  /** All that keeps it from being saved. */
  readonly problems: Problems;
  /** Those to be said now: what nobody has filled in yet is a mistake only once somebody wants to save. */
  readonly said: Problems;
  readonly insist: () => void;
  /** What the server said of the last attempt; it goes with the next edit. */
  readonly refuse: (errors: readonly FieldProblem[]) => void;
}

export function useDraft(key: string, type: FlagType, saved: SavedConfiguration): DraftState {
  const [draft, step] = useReducer(stepDraft, saved, (first) => beginDraft(readConfiguration(first), first.revision));
  const dirty = useMemo(() => isDirty(draft), [draft]);
  const [refused, setRefused] = useState<{
    readonly of: Configuration;
    readonly errors: readonly FieldProblem[];
  } | null>(null);
  const found = useProblems(key, type, draft.present);
  const problems = useMemo(
    () => (refused === null || refused.of !== draft.present ? found : [...found, ...refused.errors]),
    [found, refused, draft.present],
  );
  const [insisted, setInsisted] = useState(false);
  if (insisted && problems.length === 0) setInsisted(false);
  const said = useMemo(() => sayNow(problems, draft.present, insisted), [problems, draft.present, insisted]);
  return {
    draft,
    dirty,
    step,
    problems,
    said,
    insist: () => setInsisted(true),
    refuse: (errors) => setRefused({ of: draft.present, errors }),
  };
}

function sayNow(problems: Problems, present: Configuration, insisted: boolean): Problems {
  const said = problems.flatMap((problem) => {
    if (!isUnfinished(problem, present)) return [problem];
    return insisted ? [inFormWords(problem)] : [];
  });
  return said.length === 0 ? NO_PROBLEMS : said;
}

/** Judged behind the typing, so that a configuration with thousands of keys does not slow it down. */
function useProblems(key: string, type: FlagType, present: Configuration): Problems {
  const judged = useDeferredValue(present);
  const [engine, setEngine] = useState<RegexEngine | null>(null);
  const needsEngine = useMemo(() => usesPatterns(judged), [judged]);
  useEffect(() => {
    if (!needsEngine) return undefined;
    let isHere = true;
    // Without it the server judges the patterns.
    loadRegexEngine().then(
      (loaded) => isHere && setEngine(loaded),
      () => undefined,
    );
    return () => {
      isHere = false;
    };
  }, [needsEngine]);
  return useMemo(() => findProblems(key, type, judged, engine), [key, type, judged, engine]);
}
