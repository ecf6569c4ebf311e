import type { Rollout, Serve } from '@flaghoist/evaluator';
import { percentText, totalOf } from '../draft/rollout.ts';
import { isSame } from '../draft/same.ts';
import { byWords } from './condition-words.ts';
import { serveWords, sharesWords } from './serve-words.ts';
import { list, percentSpan, text, variantSpan, type Words } from './span.ts';

/** `now serves on to 25 %, was 10 %`, behind the name of a rule or of the default. */
export function nowServes(before: Serve, after: Serve): Words {
  if (!('rollout' in before) || !('rollout' in after))
    return [text('now serves '), ...serveWords(after), text(', was '), ...serveWords(before)];
  return rolloutWords(before.rollout, after.rollout);
}

function rolloutWords(before: Rollout, after: Rollout): Words {
  const { bucketing: was } = before;
  const { bucketing: is } = after;
  const isSameContract = isSame(was, is);
  if (isSameContract && isSameVariants(before, after)) return weightsWords(before, after);
  const weights = isSame(before.variants, after.variants)
    ? []
    : [text('now serves '), ...sharesWords(after), text(', was '), ...sharesWords(before)];
  if (isSameContract) return weights;
  const joint = weights.length === 0 ? [] : [...weights, text('; it ')];
  return [...joint, ...contractWords(before, after)];
}

function isSameVariants(before: Rollout, after: Rollout): boolean {
  return isSame(
    before.variants.map(({ variant }) => variant),
    after.variants.map(({ variant }) => variant),
  );
}

/** The variants that differ; of two the first says it all. */
function weightsWords(before: Rollout, after: Rollout): Words {
  const [wasTotal, isTotal] = [totalOf(before), totalOf(after)];
  const moved = after.variants.flatMap(({ variant, weight }, index) => {
    const [was, is] = [percentText(before.variants[index]?.weight ?? 0, wasTotal), percentText(weight, isTotal)];
    return was === is ? [] : [{ variant, was, is }];
  });
  if (moved.length === 0)
    return [text(`now divides by ${isTotal.toLocaleString('en')}, was ${wasTotal.toLocaleString('en')}`)];
  const shown = after.variants.length === 2 ? moved.slice(0, 1) : moved;
  return [
    text('now serves '),
    ...list(
      shown.map(({ variant, is, was }) => [
        variantSpan(variant),
        text(' to '),
        percentSpan(is),
        text(', was '),
        percentSpan(was),
      ]),
    ),
  ];
}

function contractWords({ bucketing: was }: Rollout, { bucketing: is }: Rollout): Words {
  const parts: Words[] = [];
  const by = (of: Rollout['bucketing']) => [of.attribute ?? 'targetingKey', ...(of.fallback ?? [])];
  if (!isSame(by(was), by(is))) parts.push([text('deals people by '), ...byWords(is), text(', was '), ...byWords(was)]);
  if (was.algorithm !== is.algorithm) parts.push([text(`deals with ${is.algorithm}, was ${was.algorithm}`)]);
  if (was.salt !== is.salt) parts.push([text('has another salt')]);
  if (was.seed !== is.seed) parts.push([text(`has seed ${is.seed ?? 0}, was ${was.seed ?? 0}`)]);
  if (was.missing !== is.missing) parts.push([text(`without that attribute ${MISSING[is.missing ?? 'error']}`)]);
  return [text('now '), ...list(parts)];
}

const MISSING = {
  error: 'answers an error',
  firstVariant: 'serves its first variant',
  fallThrough: 'lets the next rule decide',
} as const;
