/** What a conflict is about, and what each side says. */
import { serveWords, ruleWords } from '../words/serve-words.ts';
import { list, remark, text, valueSpan, variantSpan, type Words } from '../words/span.ts';
import { shortened } from '../words/value-words.ts';
import type { Conflict } from './conflict.ts';

export interface ConflictWords {
  readonly title: Words;
  readonly base: Words;
  readonly mine: Words;
  readonly theirs: Words;
}

const GONE: Words = [remark('not there')];

export function conflictWords(conflict: Conflict): ConflictWords {
  switch (conflict.about) {
    case 'enabled':
      return sides([text('On or off')], conflict, (on) => [text(on ? 'on' : 'off')]);
    case 'clientVisible':
      return sides([text('Whether client keys may ask')], conflict, (may) => [text(may ? 'they may' : 'they may not')]);
    case 'offVariant':
      return sides([text('What off serves')], conflict, (variant) => [
        variant === null ? text('nothing') : variantSpan(variant),
      ]);
    case 'value':
      return sides([text('Value of '), variantSpan(conflict.variant)], conflict, (value) => [
        valueSpan(shortened(JSON.stringify(value))),
      ]);
    case 'prerequisite':
      return sides([text('Prerequisite '), { kind: 'flag', text: conflict.flag }], conflict, (variants) =>
        variants === null
          ? GONE
          : list(
              variants.map((name) => [variantSpan(name)]),
              'or',
            ),
      );
    case 'target':
      return sides([text('Targeting key '), valueSpan(shortened(conflict.key))], conflict, (variant) =>
        variant === null ? [text('no target')] : [variantSpan(variant)],
      );
    case 'rule':
      return sides([text('Rule '), { kind: 'rule', text: conflict.rule }], conflict, (rule) =>
        rule === null ? GONE : ruleWords(rule),
      );
    case 'description':
      return sides([text('Description of rule '), { kind: 'rule', text: conflict.rule }], conflict, (words) =>
        words === null ? GONE : [text(words)],
      );
    case 'order':
      return sides([text('Order of the rules')], conflict, (ids) =>
        list(
          ids.map((id) => [{ kind: 'rule', text: id }]),
          'then',
        ),
      );
    case 'default':
      return sides([text('Default')], conflict, serveWords);
  }
}

function sides<T>(
  title: Words,
  { base, mine, theirs }: { readonly base: T; readonly mine: T; readonly theirs: T },
  say: (side: T) => Words,
): ConflictWords {
  return { title, base: say(base), mine: say(mine), theirs: say(theirs) };
}
