import type { Segment } from '../../api/openapi.d.ts';
import { Callout } from '../../ui/callout.tsx';
import { ErrorNote } from '../../ui/error-note.tsx';
import { ConditionsEditor } from './conditions-editor.tsx';
import { ConflictNote } from './conflict-note.tsx';
import { KeyListEditor } from './key-list-editor.tsx';
import { SaveBar } from './save-bar.tsx';
import { segmentSentences } from './segment-words.ts';
import { SegmentUsage } from './segment-usage.tsx';
import { useSegmentDraft } from './use-segment-draft.ts';

export interface SegmentEditorProps {
  readonly project: string;
  readonly environment: { readonly key: string; readonly name: string };
  readonly saved: Segment;
  readonly isLocked: boolean;
}

/** Who is in the segment. Edits are gathered, and saved together as one change. */
export function SegmentEditor({ project, environment, saved, isLocked }: SegmentEditorProps) {
  const { draft, step, plan, problems, conflict, settle, failure, isSaving, save } = useSegmentDraft(
    project,
    environment,
    saved,
  );
  const sentences = segmentSentences({
    included: draft.included,
    excluded: draft.excluded,
    conditions: plan.edit?.conditions ?? draft.base.conditions,
  });
  return (
    <div className="flex flex-col gap-8">
      <Callout tone="accent" title="Who is in">
        <span aria-live="polite">{sentences.join(' ')}</span>
      </Callout>
      {conflict !== null && <ConflictNote conflict={conflict} onSettle={settle} />}
      {failure !== null && <ErrorNote failure={failure} />}
      <div className="grid gap-8 lg:grid-cols-2 lg:gap-6">
        <KeyListEditor
          title="Included keys"
          description="Always in, whatever the conditions say."
          keys={draft.included}
          others={draft.excluded}
          otherName="excluded"
          isLocked={isLocked}
          onAdd={(keys) => step({ event: 'addKeys', list: 'included', keys })}
          onRemove={(keys) => step({ event: 'removeKeys', list: 'included', keys })}
        />
        <KeyListEditor
          title="Excluded keys"
          description="Never in, unless they are included too."
          keys={draft.excluded}
          others={draft.included}
          otherName="included"
          isLocked={isLocked}
          onAdd={(keys) => step({ event: 'addKeys', list: 'excluded', keys })}
          onRemove={(keys) => step({ event: 'removeKeys', list: 'excluded', keys })}
        />
      </div>
      <ConditionsEditor
        rows={draft.rows}
        problems={problems}
        isLocked={isLocked}
        onStep={(rows) => step({ event: 'rows', rows })}
      />
      <SegmentUsage project={project} environment={environment} segment={saved.key} />
      {plan.edit !== null && !isLocked && (
        <SaveBar
          environment={environment}
          plan={plan}
          isSaving={isSaving}
          onSave={save}
          onDiscard={() => step({ event: 'discard' })}
        />
      )}
    </div>
  );
}
