/** Runs in the browser: evaluates what it is asked and posts what it got. The engine is a module of its own. */
import { createRegexEngine } from '@flaghoist/client/regex';
import type { EntityChange, Evaluation, EvaluationContext, Moment, Problem } from '@flaghoist/evaluator';
import { emptyRuleset, evaluate, patchTrusted } from './evaluator.ts';

export interface Question {
  readonly entities: readonly EntityChange[];
  /** Whether the ruleset is prepared with the engine for regular expressions. */
  readonly withRegex: boolean;
  readonly evaluations: readonly {
    readonly flag: string;
    readonly context: EvaluationContext;
    readonly moment?: Moment;
  }[];
}

/** What each question came to, in their order. */
export type Outcome = { readonly evaluations: readonly Evaluation[] } | { readonly problems: readonly Problem[] };

export interface PageAnswer {
  readonly outcomes: readonly Outcome[];
  /** Whether this page may turn text into code: it may not, and neither may the packages that run in it. */
  readonly makesCode: boolean;
}

const response = await fetch('questions.json');
const questions = (await response.json()) as readonly Question[];
const answer: PageAnswer = { outcomes: questions.map(answerOne), makesCode: makesCode() };
await fetch('answer', { method: 'POST', body: JSON.stringify(answer) });

function answerOne({ entities, withRegex, evaluations }: Question): Outcome {
  const empty = emptyRuleset(withRegex ? { regex: createRegexEngine() } : {});
  const prepared = patchTrusted(empty, entities);
  if (!prepared.ok) return { problems: prepared.problems };
  return {
    evaluations: evaluations.map(({ flag, context, moment }) => evaluate(prepared.value, flag, context, moment)),
  };
}

function makesCode(): boolean {
  try {
    return (Reflect.construct(Function, ['return true']) as () => boolean)();
  } catch {
    return false;
  }
}
