/**
 * The trace of one evaluation: every step it took, in order, and none that it did not need. Plain JSON.
 *
 * Paths name places of the flag configuration, or of the segment, that the step belongs to, as problems do:
 * `$.rules[0].conditions[1]`. Values of the context are shown briefly: texts up to 100 code units, lists up to 8
 * elements, then "...", which also stands for what objects and nested lists hold.
 */
import type { BucketingAlgorithm, Evaluation, GroupCondition, Operator } from '../model.ts';

export interface Explanation {
  /** What `evaluate` answers. */
  readonly evaluation: Evaluation;
  readonly steps: readonly ExplanationStep[];
}

export type ExplanationStep =
  | { readonly step: 'flag'; readonly flag: string; readonly found: boolean; readonly enabled: boolean }
  | PrerequisiteStep
  | {
      readonly step: 'targets';
      /** The context's targeting key; absent when it has none. */
      readonly targetingKey?: unknown;
      /** The variant of the individual target that names it; null: none does. */
      readonly variant: string | null;
    }
  | {
      readonly step: 'rule';
      readonly path: string;
      readonly rule: string;
      readonly held: boolean;
      readonly conditions: readonly ConditionTrace[];
      /** What it serves; null: its conditions do not hold, or its rollout does not decide, or ends in an error. */
      readonly variant: string | null;
      /** How the rollout chose, when the conditions held and the rule serves one. */
      readonly rollout?: BucketTrace;
    }
  | {
      readonly step: 'default';
      readonly path: string;
      /** What is served; null: no variant. */
      readonly variant: string | null;
      readonly rollout?: BucketTrace;
    };

export interface PrerequisiteStep {
  readonly step: 'prerequisite';
  readonly path: string;
  readonly flag: string;
  /** The variants of which one has to be served. */
  readonly variants: readonly string[];
  /** What it serves; null: no variant. */
  readonly served: string | null;
  readonly held: boolean;
  /** The reference leads back to its own flag, or too deep: it never holds. */
  readonly leadsBack: boolean;
  /** How the other flag was evaluated; empty when it was not, or was before in this evaluation. */
  readonly steps: readonly ExplanationStep[];
}

/** What one condition came to. `held` is after `negate`. */
export type ConditionTrace =
  | {
      readonly condition: 'attribute';
      readonly path: string;
      readonly attribute: string;
      readonly operator: Operator;
      readonly negate: boolean;
      /** The attribute's value in this context; absent when it is missing. */
      readonly value?: unknown;
      readonly held: boolean;
    }
  | {
      readonly condition: 'bucket';
      readonly path: string;
      readonly negate: boolean;
      readonly bucket: BucketTrace;
      readonly from: number;
      readonly to: number;
      readonly held: boolean;
    }
  | {
      readonly condition: 'segment';
      readonly path: string;
      readonly segment: string;
      readonly negate: boolean;
      readonly because: SegmentReason;
      /** The segment's own conditions, as far as they were looked at; empty when it was asked for before. Their paths are the segment's. */
      readonly conditions: readonly ConditionTrace[];
      readonly held: boolean;
    }
  | {
      readonly condition: 'group';
      readonly path: string;
      readonly group: GroupCondition['group'];
      readonly conditions: readonly ConditionTrace[];
      readonly held: boolean;
    };

export type SegmentReason =
  | 'included'
  | 'excluded'
  /** The segment's conditions decided. */
  | 'conditions'
  /** It has no conditions and does not include the targeting key. */
  | 'not-included'
  | 'unknown-segment'
  /** The reference leads back to its own segment, or too deep: it contains nobody. */
  | 'leads-back';

/** Which bucket out of how many. */
export interface BucketTrace {
  readonly algorithm: BucketingAlgorithm;
  readonly salt: string;
  /** The attribute path whose value was hashed; null: none has a value that this algorithm hashes. */
  readonly attribute: string | null;
  /** The text that was hashed after the salt; null with `attribute`. */
  readonly value: string | null;
  /** 0 to `of` - 1; null with `attribute`. */
  readonly bucket: number | null;
  readonly of: number;
}
