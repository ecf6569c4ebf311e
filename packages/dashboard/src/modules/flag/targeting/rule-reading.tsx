import type { Rule } from '@flaghoist/evaluator';
import { useEditing } from '../editing/editing-context.ts';
import { conditionWords } from '../words/condition-words.ts';
import { serveWords } from '../words/serve-words.ts';
import { text } from '../words/span.ts';
import { WordsText } from '../words/words-text.tsx';
import { RolloutBar } from './rollout-bar.tsx';

/** A rule for whoever may only look. */
export function RuleReading({ rule }: { readonly rule: Rule }) {
  const { variants } = useEditing();
  return (
    <dl className="grid gap-x-4 gap-y-3 sm:grid-cols-[6rem_minmax(0,1fr)]">
      <dt className="text-sm text-faint">Id</dt>
      <dd className="font-mono text-sm">{rule.id}</dd>
      <dt className="text-sm text-faint">Where</dt>
      <dd>
        <ol className="flex flex-col gap-1">
          {rule.conditions.map((condition, index) => (
            // oxlint-disable-next-line react/no-array-index-key
            <li key={index}>
              <WordsText
                words={index === 0 ? conditionWords(condition) : [text('and '), ...conditionWords(condition)]}
              />
            </li>
          ))}
        </ol>
      </dd>
      <dt className="text-sm text-faint">Serves</dt>
      <dd className="flex flex-col gap-2">
        <WordsText words={serveWords(rule.serve)} />
        {'rollout' in rule.serve && <RolloutBar rollout={rule.serve.rollout} variants={variants} />}
      </dd>
    </dl>
  );
}
