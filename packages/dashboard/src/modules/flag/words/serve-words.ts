import type { Rollout, Rule, Serve } from '@flaghoist/evaluator';
import { percentText, totalOf } from '../draft/rollout.ts';
import { byWords, conditionsWords } from './condition-words.ts';
import { capital, list, percentSpan, remark, text, variantSpan, type Words } from './span.ts';

/** `on`, or `on to 25 % and off to 75 % of company.key`. */
export function serveWords(serve: Serve): Words {
  if ('variant' in serve) return [variantSpan(serve.variant)];
  const { rollout } = serve;
  const missing = missingWords(rollout);
  return [...sharesWords(rollout), text(' of '), ...byWords(rollout.bucketing), ...missing];
}

/** `on to 25 % and off to 75 %`; those with nothing are left out. */
export function sharesWords(rollout: Rollout): Words {
  const total = totalOf(rollout);
  const served = rollout.variants.filter(({ weight }) => weight > 0);
  if (served.length === 0) return [remark('nothing')];
  return list(
    served.map(({ variant, weight }) => [variantSpan(variant), text(' to '), percentSpan(percentText(weight, total))]),
  );
}

/** Nothing for an error, which is what happens unless something else is said. */
function missingWords({ variants, bucketing }: Rollout): Words {
  switch (bucketing.missing) {
    case 'firstVariant':
      return [remark(', without it '), variantSpan(variants[0]?.variant ?? '')];
    case 'fallThrough':
      return [remark(', without it the next rule decides')];
    default:
      return [];
  }
}

/** `Serves on to 25 % and off to 75 % of company.key where country is one of DE, AT and plan is not free`. */
export function ruleWords({ conditions, serve }: Rule): Words {
  const where: Words = conditions.length === 0 ? [] : [text(' where '), ...conditionsWords(conditions)];
  return [text('Serves '), ...serveWords(serve), ...where];
}

/** `Everybody else gets on`. */
export function defaultWords(serve: Serve): Words {
  return 'variant' in serve
    ? [text('Everybody else gets '), variantSpan(serve.variant)]
    : capital([text('serves everybody else '), ...serveWords(serve)]);
}

/** `Off serves off`. */
export function offWords(offVariant: string | null): Words {
  return offVariant === null
    ? [text('When it is off, code uses its own default')]
    : [text('When it is off, everybody gets '), variantSpan(offVariant)];
}

export function prerequisiteWords({
  flag,
  variants,
}: {
  readonly flag: string;
  readonly variants: readonly string[];
}): Words {
  const names = variants.map((name): Words => [variantSpan(name)]);
  const served = names.length === 0 ? [remark('…')] : list(names, 'or');
  return [text('Needs '), { kind: 'flag', text: flag }, text(' to serve '), ...served];
}

/** `on to 3 people by name`. */
export function targetWords(variant: string, keys: readonly string[]): Words {
  return [
    text('Serves '),
    variantSpan(variant),
    text(' to '),
    text(`${keys.length.toLocaleString('en')} targeting ${keys.length === 1 ? 'key' : 'keys'}`),
  ];
}
