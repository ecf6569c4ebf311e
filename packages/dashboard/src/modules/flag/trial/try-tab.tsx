import type { Evaluation, ExplanationStep } from '@flaghoist/evaluator';
import { Play } from 'lucide-react';
import { useId, useMemo, useState } from 'react';
import { ApiProblem, failureOf } from '../../../api/problem.ts';
import type { Evaluation as EvaluationResource } from '../../../api/openapi.d.ts';
import { useEvaluate } from '../../../api/queries/flags.ts';
import { Badge } from '../../../ui/badge.tsx';
import { Button } from '../../../ui/button.tsx';
import { Card } from '../../../ui/card.tsx';
import { ErrorNote } from '../../../ui/error-note.tsx';
import { JsonEditor } from '../../../ui/json-editor.tsx';
import { Section } from '../../../ui/section.tsx';
import { SegmentedControl } from '../../../ui/segmented-control.tsx';
import { attributesOf, type Configuration, editBetween } from '../draft/configuration.ts';
import type { Draft } from '../draft/draft.ts';
import { useEditing } from '../editing/editing-context.ts';
import { bodyOf } from '../editing/use-save.ts';
import { ContextForm } from './context-form.tsx';
import { type ContextRow, readJson, readRows, rowsOf, withAsked } from './context.ts';
import { typesOf } from './asked-types.ts';
import { Answer } from './answer.tsx';

const WAYS = [
  { value: 'form', label: 'Form' },
  { value: 'json', label: 'JSON' },
] as const;

/** What one context would get, with the edits as they stand. */
export function TryTab({ draft }: { readonly draft: Draft }) {
  const { project, environment, flag } = useEditing();
  const form = useId();
  const kept = `flaghoist.context ${project}`;
  const [rows, setRows] = useState<readonly ContextRow[]>(() => keptRows(kept));
  const [json, setJson] = useState<string | null>(null);
  const evaluate = useEvaluate(project, environment);
  const asked = useMemo(() => attributesOf(draft.present), [draft.present]);
  const types = useMemo(() => typesOf(draft.present), [draft.present]);
  const shown = useMemo(() => withAsked(rows, asked, types), [rows, asked, types]);
  const read = json === null ? readRows(shown) : readJson(json);
  const edit = useMemo(() => editBetween(draft.base, draft.present), [draft.base, draft.present]);
  const { data } = evaluate;

  function change(way: 'form' | 'json'): void {
    if (way === 'json' && json === null) setJson(JSON.stringify(read.ok ? read.context : {}, null, 2));
    if (way === 'form' && json !== null && read.ok) {
      setRows(rowsOf(read.context));
      setJson(null);
    }
  }

  function run(): void {
    if (!read.ok) return;
    sessionStorage.setItem(kept, JSON.stringify(read.context));
    evaluate.mutate({
      flag,
      context: read.context,
      explain: true,
      ...(edit === null ? {} : { draft: bodyOf(edit) }),
    });
  }

  return (
    <div className="grid min-w-0 gap-8 lg:grid-cols-2">
      <Section
        title="Context"
        description="Who asks. Nothing is counted."
        actions={
          <SegmentedControl
            size="sm"
            aria-label="How the context is written"
            value={json === null ? 'form' : 'json'}
            onChange={change}
            options={WAYS}
          />
        }
      >
        <form
          id={form}
          onSubmit={(event) => {
            event.preventDefault();
            run();
          }}
          onKeyDown={(event) => {
            if (event.key === 'Enter' && (event.metaKey || event.ctrlKey)) run();
          }}
          className="flex min-w-0 flex-col gap-3"
        >
          {json === null ? (
            <ContextForm rows={shown} asked={asked} onChange={setRows} />
          ) : (
            <JsonEditor aria-label="Evaluation context" value={json} onChange={setJson} rows={10} invalid={!read.ok} />
          )}
          {!read.ok && <p className="text-sm text-danger-text">{read.problem}</p>}
          <div className="flex items-center gap-3">
            <Button type="submit" tone="primary" icon={Play} loading={evaluate.isPending} disabled={!read.ok}>
              Evaluate
            </Button>
            {edit !== null && <Badge tone="accent">with your unsaved edits</Badge>}
          </div>
        </form>
      </Section>
      <Section title="Answer" description={data === undefined ? 'Fill in who asks, then evaluate.' : undefined}>
        <AnswerPart data={data} error={evaluate.error} configuration={draft.present} isDraft={edit !== null} />
      </Section>
    </div>
  );
}

interface AnswerPartProps {
  readonly data: EvaluationResource | undefined;
  readonly error: Error | null;
  readonly configuration: Configuration;
  readonly isDraft: boolean;
}

function AnswerPart({ data, error, ...rest }: AnswerPartProps) {
  if (error !== null) return <ErrorNote failure={refusalOf(error)} />;
  if (data === undefined)
    return (
      <Card className="border-dashed text-soft">
        The variant, why it is served, and every step on the way will stand here.
      </Card>
    );
  // The API does not type reasons, values and steps; they are the evaluator's own.
  const evaluation = data as unknown as Evaluation;
  const steps = (data.steps ?? []) as readonly ExplanationStep[];
  return <Answer evaluation={evaluation} revision={data.revision} steps={steps} {...rest} />;
}

function refusalOf(error: Error) {
  const failure = failureOf(error);
  const first = error instanceof ApiProblem ? error.errors[0] : undefined;
  return first === undefined
    ? failure
    : { ...failure, detail: `${first.message} (${first.path.replace('$.draft', '$')})` };
}

function keptRows(kept: string): readonly ContextRow[] {
  const read = readJson(sessionStorage.getItem(kept) ?? '');
  return read.ok ? rowsOf(read.context) : [];
}
