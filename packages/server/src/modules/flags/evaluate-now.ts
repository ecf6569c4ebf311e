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
import type { FlagConfigurationEdit } from '@flaghoist/protocol/management';
import { formatCursor, rulesOf } from '@flaghoist/protocol/ruleset';
import { Refusal } from '../../platform/refusal.ts';
import type { Changes, EntityVersion } from '../changes/index.ts';
import type { Segments } from '../segments/index.ts';
import { draftEntity } from './draft.ts';

/** Environments kept prepared; the least recently asked one goes first. */
const KEPT = 50;

interface Prepared {
  readonly revision: number;
  readonly ruleset: Ruleset;
}

export interface EvaluateNowDeps {
  readonly changes: Changes;
  readonly segments: Segments;
  readonly regex: RegexEngine;
  /** Begins the moment of an evaluation. */
  readonly moment: () => Moment;
}

export interface Asked {
  readonly flag: string;
  readonly context: EvaluationContext;
  readonly explain: boolean;
  readonly draft?: FlagConfigurationEdit;
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
    return { revision, ruleset: patched(before.ruleset, versions) };
  }

  /** `steps` are there when they were asked for. With a draft the flag is evaluated as the draft says; nothing is kept of it. */
  return async function evaluateNow(environmentId: string, asked: Asked) {
    const draft = asked.draft === undefined ? null : await draftEntity(deps, environmentId, asked.flag, asked.draft);
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
    const ruleset = draft === null ? current.ruleset : patched(current.ruleset, [draft]);
    if (!asked.explain) return { flag, ...evaluate(ruleset, flag, context, deps.moment()), revision };
    const { evaluation, steps } = explain(ruleset, flag, context, deps.moment());
    return { flag, ...evaluation, revision, steps: [...steps] };
  };
}

function patched(before: Ruleset, versions: readonly EntityVersion[]): Ruleset {
  const after = patch(before, rulesOf(versions));
  if (!after.ok) throw new Refusal('internal', `The ruleset does not prepare: ${after.problems[0]?.message ?? ''}`);
  return after.value;
}
