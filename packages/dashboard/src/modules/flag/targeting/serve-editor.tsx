import type { Serve } from '@flaghoist/evaluator';
import { useState } from 'react';
import { SegmentedControl } from '../../../ui/segmented-control.tsx';
import { Select } from '../../../ui/select.tsx';
import { firstUnder, problemAt, type Problems } from '../check/problems.ts';
import type { Serving } from '../draft/actions.ts';
import { beginRollout, mostServed } from '../draft/rollout.ts';
import { useEditing } from '../editing/editing-context.ts';
import { variantOptions } from '../variant-mark.tsx';
import { RolloutEditor } from './rollout-editor.tsx';
import { Said } from './said.tsx';

export interface ServeEditorProps {
  readonly serve: Serve;
  readonly serving: Serving;
  readonly path: string;
  readonly problems: Problems;
}

const WAYS = [
  { value: 'variant', label: 'One variant' },
  { value: 'rollout', label: 'Rollout' },
] as const;

/** What is served: one variant to all, or shares of people. Going from the one to the other and back loses nothing. */
export function ServeEditor({ serve, serving, path, problems }: ServeEditorProps) {
  const { edit, variants } = useEditing();
  const [kept, setKept] = useState<Serve | null>(null);
  const set = (next: Serve, typing = false) => edit({ do: 'serve', serving, serve: next }, typing);
  const way = 'variant' in serve ? 'variant' : 'rollout';

  function change(next: 'variant' | 'rollout'): void {
    if (next === way) return;
    setKept(serve);
    if ('rollout' in serve) set({ variant: mostServed(serve.rollout) });
    else set(kept !== null && 'rollout' in kept ? kept : { rollout: beginRollout(serve.variant, variants) });
  }

  return (
    <div className="flex min-w-0 flex-col gap-3">
      <div className="flex flex-wrap items-center gap-3">
        <SegmentedControl aria-label="What is served" size="sm" value={way} onChange={change} options={WAYS} />
        {'variant' in serve && (
          <Select
            aria-label="Variant"
            value={serve.variant}
            onChange={(variant) => set({ variant })}
            options={variantOptions(variants)}
            className="w-full sm:w-56"
          />
        )}
      </div>
      {'rollout' in serve && (
        <RolloutEditor
          rollout={serve.rollout}
          onChange={(rollout, typing) => set({ rollout }, typing)}
          path={`${path}.rollout`}
          problems={problems}
        />
      )}
      <Said problem={problemAt(problems, path) ?? firstUnder(problems, `${path}.variant`)} />
    </div>
  );
}
