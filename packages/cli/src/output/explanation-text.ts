/** The trace of an evaluation, for people: one line a step, what belongs to it indented below. */
import type { BucketTrace, ConditionTrace, ExplanationStep, SegmentReason } from '@flaghoist/evaluator';
import { plainText } from './plain-text.ts';

/** Characters of one value that are shown. */
const SHOWN_CHARACTERS = 100;

const BECAUSE: { readonly [reason in SegmentReason]: string } = {
  included: 'the targeting key is included',
  excluded: 'the targeting key is excluded',
  conditions: 'its conditions decide',
  'not-included': 'the targeting key is not included, and there are no conditions',
  'unknown-segment': 'there is no such segment',
  'leads-back': 'the segment leads back to itself, or too deep',
};

/** Lines of `steps` as the management API answers them; a step of a kind that is not known here is shown as JSON. */
export function explanationText(steps: readonly unknown[]): string {
  return stepLines(steps as readonly ExplanationStep[], 0)
    .map((line) => `${plainText(line)}\n`)
    .join('');
}

function stepLines(steps: readonly ExplanationStep[], depth: number): readonly string[] {
  return steps.flatMap((step) => {
    const head = step.step === 'flag' ? depth : depth + 1;
    return [indent(head, describeStep(step)), ...innerLines(step, head + 1)];
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
      return `${wanted}: ${yes(step.held)}, it serves ${step.served ?? 'no variant'}`;
    }
    case 'targets': {
      const key = 'targetingKey' in step ? `targeting key ${show(step.targetingKey)}` : 'without targeting key';
      return `individual targets, ${key}: ${step.variant ?? 'none'}`;
    }
    case 'rule':
      return `rule ${step.rule}: ${step.held ? 'holds' : 'does not hold'}`;
    case 'default':
      return 'otherwise: the default';
    default:
      return JSON.stringify(step);
  }
}

function innerLines(step: ExplanationStep, depth: number): readonly string[] {
  switch (step.step) {
    case 'prerequisite':
      return stepLines(step.steps, depth);
    case 'rule':
      return [...conditionLines(step.conditions, depth), ...rolloutLines(step.rollout, depth)];
    case 'default':
      return rolloutLines(step.rollout, depth);
    default:
      return [];
  }
}

function conditionLines(conditions: readonly ConditionTrace[], depth: number): readonly string[] {
  return conditions.flatMap((trace) => {
    const inner = 'conditions' in trace ? conditionLines(trace.conditions, depth + 1) : [];
    return [indent(depth, `${yes(trace.held)}: ${describeTrace(trace)}`), ...inner];
  });
}

function describeTrace(trace: ConditionTrace): string {
  switch (trace.condition) {
    case 'attribute': {
      const test = `${trace.attribute} ${trace.negate ? 'not ' : ''}${trace.operator}`;
      const value = 'value' in trace ? `is ${show(trace.value)}` : 'is missing';
      return `${test} (${trace.path}): ${trace.attribute} ${value}`;
    }
    case 'bucket': {
      const range = `${trace.negate ? 'not ' : ''}in buckets ${trace.from} to ${trace.to - 1}`;
      return `${range} (${trace.path}): ${describeBucket(trace.bucket)}`;
    }
    case 'segment':
      return `${trace.negate ? 'not ' : ''}in segment ${trace.segment} (${trace.path}): ${BECAUSE[trace.because]}`;
    case 'group':
      return `${trace.group} of (${trace.path})`;
    default:
      return JSON.stringify(trace);
  }
}

function rolloutLines(rollout: BucketTrace | undefined, depth: number): readonly string[] {
  return rollout === undefined ? [] : [indent(depth, `rollout: ${describeBucket(rollout)}`)];
}

function describeBucket({ algorithm, salt, attribute, value, bucket, of }: BucketTrace): string {
  const contract = `(${algorithm}, salt ${show(salt)})`;
  if (attribute === null) return `no bucket: no attribute has a value to deal by ${contract}`;
  return `bucket ${bucket} of ${of} by ${attribute} ${show(value)} ${contract}`;
}

function yes(held: boolean): string {
  return held ? 'yes' : 'no';
}

function show(value: unknown): string {
  const text = JSON.stringify(value);
  return text.length > SHOWN_CHARACTERS ? `${text.slice(0, SHOWN_CHARACTERS)}…` : text;
}

function indent(depth: number, text: string): string {
  return '  '.repeat(depth) + text;
}
