/** The steps of an evaluation in plain words. */
import type { BucketTrace, Condition, ConditionTrace, Evaluation, ExplanationStep } from '@flaghoist/evaluator';
import { conditionAt } from '../draft/conditions.ts';
import type { Configuration } from '../draft/configuration.ts';
import { percentText } from '../draft/rollout.ts';
import { conditionWords, PHRASES } from '../words/condition-words.ts';
import { attributeSpan, list, percentSpan, remark, text, valueSpan, variantSpan, type Words } from '../words/span.ts';
import { shortened } from '../words/value-words.ts';

/** What a step came to: it went on, it decided, or what it asked did not hold. */
export type Outcome = 'passed' | 'decided' | 'missed';

export function reasonWords({ reason, rule, errorCode, errorMessage }: Evaluation): Words {
  switch (reason) {
    case 'STATIC':
      return [text('because nothing but the default is asked')];
    case 'DEFAULT':
      return [text('because no target and no rule fits, so the default decides')];
    case 'TARGETING_MATCH':
      return rule === undefined
        ? [text('because it is an individual target')]
        : [text('because rule '), { kind: 'rule', text: rule }, text(' fits')];
    case 'SPLIT':
      return rule === undefined
        ? [text('by the rollout of the default')]
        : [text('by the rollout of rule '), { kind: 'rule', text: rule }];
    case 'DISABLED':
      return [text('because the flag is off')];
    case 'PREREQUISITE_FAILED':
      return [text('because a prerequisite does not hold')];
    case 'ERROR':
      return [text('because of an error: '), text(errorMessage ?? errorCode ?? 'unknown')];
  }
}

/** `configuration`: of the flag that is asked; null: of another one, of which only the trace is known. */
export function stepWords(step: ExplanationStep, configuration: Configuration | null): Words {
  switch (step.step) {
    case 'flag':
      if (!step.found) return [text('There is no flag '), { kind: 'flag', text: step.flag }];
      return [{ kind: 'flag', text: step.flag }, text(step.enabled ? ' is on' : ' is off')];
    case 'prerequisite':
      return [
        { kind: 'flag', text: step.flag },
        text(' has to serve '),
        ...list(
          step.variants.map((name) => [variantSpan(name)]),
          'or',
        ),
        text(step.leadsBack ? ', but leads back to this flag' : ', serves '),
        ...(step.leadsBack ? [] : [step.served === null ? remark('nothing') : variantSpan(step.served)]),
      ];
    case 'targets':
      return step.variant === null
        ? [text('No individual target names '), keySpan(step.targetingKey)]
        : [keySpan(step.targetingKey), text(' is a target of '), variantSpan(step.variant)];
    case 'rule':
      return ruleStepWords(step, configuration);
    case 'default':
      return [text('The default serves '), step.variant === null ? remark('nothing') : variantSpan(step.variant)];
  }
}

function keySpan(key: unknown) {
  return key === undefined ? remark('a context without a targeting key') : valueSpan(shown(key));
}

function ruleStepWords(
  step: Extract<ExplanationStep, { readonly step: 'rule' }>,
  configuration: Configuration | null,
): Words {
  const index = Number(/^\$\.rules\[(\d+)\]/.exec(step.path)?.[1] ?? -1);
  const description = configuration?.rules[index]?.description;
  const name: Words = [text(`Rule ${index + 1} `), { kind: 'rule', text: `(${step.rule})` }];
  const told: Words = description === undefined ? [] : [remark(` ${description}`)];
  if (!step.held) return [...name, ...told, text(' does not fit')];
  if (step.variant !== null) return [...name, ...told, text(' fits and serves '), variantSpan(step.variant)];
  return [...name, ...told, text(' fits, but its rollout does not decide')];
}

/** Bucket 2,531 of 100,000, which is at 2.53 %, of company.key acme. */
export function bucketTraceWords({ attribute, value, bucket, of, salt }: BucketTrace): Words {
  if (attribute === null || bucket === null) return [text('There is no value to deal by')];
  return [
    attributeSpan(attribute),
    text(' '),
    valueSpan(shortened(value ?? '')),
    text(` falls into bucket ${bucket.toLocaleString('en')} of ${of.toLocaleString('en')}, at `),
    percentSpan(percentText(bucket, of)),
    remark(` (salt ${salt === '' ? '“”' : salt})`),
  ];
}

export function conditionTraceWords(trace: ConditionTrace, configuration: Configuration | null): Words {
  const known = configuration === null ? null : conditionOf(trace.path, configuration);
  const said = known === null || 'group' in known ? fallbackWords(trace) : conditionWords(known);
  switch (trace.condition) {
    case 'attribute':
      return [...said, remark(trace.value === undefined ? ' — it is missing' : ` — it is ${shown(trace.value)}`)];
    case 'segment':
      return [...said, remark(` — ${BECAUSE[trace.because]}`)];
    default:
      return said;
  }
}

const BECAUSE = {
  included: 'the segment includes the targeting key',
  excluded: 'the segment excludes the targeting key',
  conditions: 'the segment’s conditions decided',
  'not-included': 'the segment does not include the targeting key',
  'unknown-segment': 'there is no such segment',
  'leads-back': 'the segment leads back to itself',
} as const;

function fallbackWords(trace: ConditionTrace): Words {
  switch (trace.condition) {
    case 'attribute': {
      const { one, notOne } = PHRASES[trace.operator];
      return [attributeSpan(trace.attribute), text(` ${trace.negate ? notOne : one} …`)];
    }
    case 'segment':
      return [
        text(trace.negate ? 'the context is not in segment ' : 'the context is in segment '),
        { kind: 'segment', text: trace.segment },
      ];
    case 'bucket':
      return [text(`the context is ${trace.negate ? 'not ' : ''}in buckets ${trace.from} to ${trace.to - 1}`)];
    case 'group':
      return [text({ all: 'all of these hold', any: 'any of these holds', none: 'none of these holds' }[trace.group])];
  }
}

/** The condition at a path such as `$.rules[0].conditions[1].conditions[0]`. */
function conditionOf(path: string, { rules }: Configuration): Condition | null {
  const [rule, ...places] = [...path.matchAll(/\[(\d+)\]/g)].map(([, index]) => Number(index));
  const found = path.startsWith('$.rules[') && rule !== undefined ? rules[rule] : undefined;
  return found === undefined ? null : conditionAt(found.conditions, places);
}

function shown(value: unknown): string {
  return shortened(typeof value === 'string' ? value : (JSON.stringify(value) ?? 'nothing'));
}
