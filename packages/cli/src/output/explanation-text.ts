/** The trace of an evaluation, for people: one line a step, what belongs to it indented below. */
import type { ExplanationStep } from '@flaghoist/evaluator';
import { shortened } from './attribute-value-text.ts';
import type { Owner, Owners } from './configured-conditions.ts';
import { conditionLines, describeBucket, SHOWN_CHARACTERS } from './trace-text.ts';
import { type TreeLine, treeText } from './tree-text.ts';

/**
 * Lines of `steps` of the evaluation of `flag`, as the management API answers them. Conditions of those `owners` that
 * are known are shown in words, the others by their path; a step of a kind that is not known here is shown as JSON.
 */
export function explanationText(flag: string, steps: readonly unknown[], owners: Owners): string {
  return treeText(stepLines(steps as readonly ExplanationStep[], { kind: 'flag', key: flag }, owners, 0));
}

function stepLines(
  steps: readonly ExplanationStep[],
  owner: Owner,
  owners: Owners,
  depth: number,
): readonly TreeLine[] {
  return steps.flatMap((step) => {
    const head = step.step === 'flag' ? depth : depth + 1;
    return [{ depth: head, text: describeStep(step) }, ...innerLines(step, owner, owners, head + 1)];
  });
}

function describeStep(step: ExplanationStep): string {
  switch (step.step) {
    case 'flag':
      if (!step.found) return `flag ${step.flag} does not exist`;
      return `flag ${step.flag} is ${step.enabled ? 'on' : 'off'}`;
    case 'prerequisite': {
      const wanted = `needs ${step.flag} to serve ${step.variants.join(' or ')}`;
      if (step.leadsBack) return `${wanted}: no, it leads back to its own flag, or too deep`;
      return `${wanted}: ${step.held ? 'yes' : 'no'}, it serves ${step.served ?? 'no variant'}`;
    }
    case 'targets': {
      const isGiven = 'targetingKey' in step;
      const key = isGiven ? shortened(JSON.stringify(step.targetingKey), SHOWN_CHARACTERS) : '';
      return `individual targets, ${isGiven ? `targeting key ${key}` : 'without targeting key'}: ${step.variant ?? 'none'}`;
    }
    case 'rule':
      return `rule ${step.rule}: ${step.held ? `holds, ${serves(step.variant)}` : 'does not hold'}`;
    case 'default':
      return `otherwise: ${serves(step.variant)}`;
    default:
      return JSON.stringify(step);
  }
}

function serves(variant: string | null): string {
  return variant === null ? 'serves no variant' : `serves ${variant}`;
}

function innerLines(step: ExplanationStep, owner: Owner, owners: Owners, depth: number): readonly TreeLine[] {
  if (step.step === 'prerequisite') return stepLines(step.steps, { kind: 'flag', key: step.flag }, owners, depth);
  const conditions = step.step === 'rule' ? conditionLines(step.conditions, owner, owners, depth) : [];
  const rollout = step.step === 'rule' || step.step === 'default' ? step.rollout : undefined;
  return rollout === undefined ? conditions : [...conditions, { depth, text: `rollout: ${describeBucket(rollout)}` }];
}
