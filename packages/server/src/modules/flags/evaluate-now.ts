/** Evaluation at the newest committed revision, for people who have just edited something. */
import {
  emptyRuleset,
  type EvaluationContext,
  evaluate,
  explain,
  type Moment,
  patch,
  type RegexEngine,
  type Ruleset,
} from '@flaghoist/evaluator';
import { formatCursor, rulesOf } from '@flaghoist/protocol/ruleset';
import { Refusal } from '../../platform/refusal.ts';
import type { Changes } from '../changes/index.ts';

/** Environments kept prepared; the least recently asked one goes first. */
const KEPT = 50;

interface Prepared {
  readonly revision: number;
  readonly ruleset: Ruleset;
}

export interface EvaluateNowDeps {
  readonly changes: Changes;
  readonly regex: RegexEngine;
  /** Begins the moment of an evaluation. */
  readonly moment: () => Moment;
}

export function createEvaluateNow(deps: EvaluateNowDeps) {
  const kept = new Map<string, Prepared>();
  const nothing: Prepared = { revision: 0, ruleset: emptyRuleset({ regex: deps.regex }) };

  async function prepared(environmentId: string, revision: number): Promise<Prepared> {
    const before = kept.get(environmentId) ?? nothing;
    if (before.revision >= revision) return before;
    const versions =
      before.revision === 0
        ? await deps.changes.entitiesAt(environmentId, revision)
        : await deps.changes.versionsBetween(environmentId, before.revision, revision);
    const patched = patch(before.ruleset, rulesOf(versions));
    if (!patched.ok)
      throw new Refusal('internal', `The ruleset does not prepare: ${patched.problems[0]?.message ?? ''}`);
    return { revision, ruleset: patched.value };
  }

  /** `steps` are there when they were asked for. */
  return async function evaluateNow(
    environmentId: string,
    asked: { readonly flag: string; readonly context: EvaluationContext; readonly explain: boolean },
  ) {
    const line = await deps.changes.line(environmentId);
    const cursor = { epoch: line?.epoch ?? 1, revision: line?.revision ?? 0 };
    const current = await prepared(environmentId, cursor.revision);
    kept.delete(environmentId);
    kept.set(environmentId, current);
    for (const oldest of kept.keys()) {
      if (kept.size <= KEPT) break;
      kept.delete(oldest);
    }
    const revision = formatCursor({ ...cursor, revision: current.revision });
    const { flag, context } = asked;
    if (!asked.explain) return { flag, ...evaluate(current.ruleset, flag, context, deps.moment()), revision };
    const { evaluation, steps } = explain(current.ruleset, flag, context, deps.moment());
    return { flag, ...evaluation, revision, steps: [...steps] };
  };
}
