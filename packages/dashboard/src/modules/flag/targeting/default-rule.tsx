import type { Serve } from '@flaghoist/evaluator';
import { Card } from '../../../ui/card.tsx';
import { Section } from '../../../ui/section.tsx';
import { type Problems, problemsUnder } from '../check/problems.ts';
import { useEditing } from '../editing/editing-context.ts';
import { ServeEditor } from '../late-parts.tsx';
import { defaultWords } from '../words/serve-words.ts';
import { WordsText } from '../words/words-text.tsx';
import { RolloutBar } from './rollout-bar.tsx';

/** What is served when nothing before it decided. Always last. */
export function DefaultRule({ serve, problems }: { readonly serve: Serve; readonly problems: Problems }) {
  const { readOnly, variants } = useEditing();
  return (
    <Section title="Default" description="For everybody whom nothing above decided for.">
      <Card className="flex flex-col gap-3">
        {readOnly ? (
          <>
            <WordsText words={defaultWords(serve)} />
            {'rollout' in serve && <RolloutBar rollout={serve.rollout} variants={variants} />}
          </>
        ) : (
          <ServeEditor
            serve={serve}
            serving={{ in: 'default' }}
            path="$.default"
            problems={problemsUnder(problems, '$.default')}
          />
        )}
      </Card>
    </Section>
  );
}
