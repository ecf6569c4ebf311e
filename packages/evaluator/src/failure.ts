/** What ends an evaluation without an answer of the flag. `evaluate` and `explain` catch it; nobody else sees it. */
import type { Evaluation } from './model.ts';

/** Thrown by a regular expression in a ruleset that was prepared without an engine. */
export const NO_ENGINE: unique symbol = /* @__PURE__ */ Symbol('no engine for regular expressions');

/** Thrown by a flag or segment that was trusted and cannot be prepared. */
const BROKEN: unique symbol = /* @__PURE__ */ Symbol('broken entity');

const NO_ENGINE_ANSWER: Evaluation = /* @__PURE__ */ Object.freeze({
  reason: 'ERROR',
  errorCode: 'GENERAL',
  errorMessage: 'This flag asks for a regular expression: hand an engine to prepare.',
});

const BROKEN_ANSWER: Evaluation = /* @__PURE__ */ Object.freeze({
  reason: 'ERROR',
  errorCode: 'PARSE_ERROR',
  errorMessage: 'This flag, or a segment it names, is broken: check it where it comes from.',
});

const UNREADABLE_CONTEXT: Evaluation = /* @__PURE__ */ Object.freeze({
  reason: 'ERROR',
  errorCode: 'INVALID_CONTEXT',
  errorMessage: 'Reading the evaluation context threw an error: pass plain data, as JSON.parse returns it.',
});

/** What `prepare` returns; BROKEN when it throws. */
export function unbroken<T>(prepare: () => T): T {
  try {
    return prepare();
  } catch {
    throw BROKEN;
  }
}

/** The answer of an evaluation that ended in `failure`. */
export function answerFor(failure: unknown): Evaluation {
  if (failure === NO_ENGINE) return NO_ENGINE_ANSWER;
  return failure === BROKEN ? BROKEN_ANSWER : UNREADABLE_CONTEXT;
}

/**
 * Whether an evaluation ended in an error that is the evaluator's or the ruleset's, as far as it can be told: nobody's question
 * was wrong. A context that throws when it is read is told the same way; data that was parsed from JSON is never one.
 */
export function isOwnError({ reason, errorCode }: Pick<Evaluation, 'reason' | 'errorCode'>): boolean {
  return (
    reason === 'ERROR' && (errorCode === 'GENERAL' || errorCode === 'PARSE_ERROR' || errorCode === 'INVALID_CONTEXT')
  );
}
