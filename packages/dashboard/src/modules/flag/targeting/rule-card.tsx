import { ChevronRight, GripVertical } from 'lucide-react';
import { type KeyboardEvent, memo, Suspense, useId } from 'react';
import { Badge } from '../../../ui/badge.tsx';
import { cx } from '../../../ui/class-names.ts';
import { Skeleton } from '../../../ui/skeleton.tsx';
import { isSame } from '../draft/same.ts';
import { useEditing } from '../editing/editing-context.ts';
import { RuleEditor, RuleMenu } from '../late-parts.tsx';
import { ruleWords } from '../words/serve-words.ts';
import { WordsText } from '../words/words-text.tsx';
import { RolloutBar } from './rollout-bar.tsx';
import type { RuleCardProps } from './rule-card-props.ts';
import { RuleReading } from './rule-reading.tsx';

/** Whether a card has to be drawn anew. */
function isStill(before: RuleCardProps, after: RuleCardProps): boolean {
  const { problems: was, ...rest } = before;
  const { problems: is, ...others } = after;
  const names = Object.keys(rest) as readonly (keyof typeof rest)[];
  return names.every((name) => rest[name] === others[name]) && isSame(was, is);
}

/** A rule: its sentence, and behind it everything that can be changed. Keeps still while other rules are edited. */
export const RuleCard = memo(Card, isStill);

/** What moves. */
function Card(props: RuleCardProps) {
  const { rule, index, isOpen, problems, onMove, onGrab } = props;
  const { readOnly } = useEditing();

  function press(event: KeyboardEvent): void {
    if (!event.altKey || readOnly || (event.key !== 'ArrowUp' && event.key !== 'ArrowDown')) return;
    event.preventDefault();
    onMove(rule.id, event.key === 'ArrowUp' ? index - 1 : index + 1);
  }

  return (
    <li
      data-rule={rule.id}
      data-wrong={problems.length > 0 || undefined}
      onKeyDown={press}
      className={cx(
        'relative rounded-lg border bg-surface data-dragging:z-10 data-dragging:shadow-pop data-dragging:[content-visibility:visible]',
        problems.length > 0 && 'border-danger/60',
        !isOpen && '[contain-intrinsic-size:auto_3.25rem] [content-visibility:auto]',
      )}
    >
      {!readOnly && (
        <button
          type="button"
          onPointerDown={(event) => onGrab(rule.id, event)}
          aria-label={`Drag rule ${index + 1}. Alt with an arrow key moves it, too.`}
          className="absolute top-2 left-1 flex h-8 w-6 cursor-grab touch-none items-center justify-center rounded-sm text-faint hover:text-ink active:cursor-grabbing"
        >
          <GripVertical className="size-4" aria-hidden="true" />
        </button>
      )}
      <Inside {...props} />
    </li>
  );
}

const Inside = memo(function Inside(props: RuleCardProps) {
  const { rule, index, isOpen, problems, state, onOpen } = props;
  const { readOnly, variants } = useEditing();
  const body = useId();
  return (
    <>
      <div className={cx('flex min-w-0 items-start gap-1 py-2 pr-2', readOnly ? 'pl-2' : 'pl-8')}>
        <button
          type="button"
          aria-expanded={isOpen}
          aria-controls={body}
          onClick={() => onOpen(rule.id, !isOpen)}
          className="flex min-w-0 flex-1 flex-wrap items-start gap-2 rounded-md px-1.5 py-1.5 text-left hover:bg-hover sm:flex-nowrap"
        >
          <ChevronRight
            className={cx('mt-0.5 size-4 shrink-0 text-faint transition-transform', isOpen && 'rotate-90')}
            aria-hidden="true"
          />
          <span className="w-5 shrink-0 text-right text-faint nums">{index + 1}</span>
          <span className="min-w-0 flex-1 basis-48">
            {rule.description !== undefined && (
              <span className="line-clamp-2 block font-medium">{rule.description}</span>
            )}
            <WordsText words={ruleWords(rule)} className="wrap-break-word" />
            {'rollout' in rule.serve && !isOpen && (
              <span className="mt-1.5 block max-w-xs">
                <RolloutBar rollout={rule.serve.rollout} variants={variants} />
              </span>
            )}
          </span>
          {problems.length > 0 && (
            <Badge tone="danger">{problems.length === 1 ? '1 problem' : `${problems.length} problems`}</Badge>
          )}
          {state !== null && <Badge tone="accent">{state}</Badge>}
        </button>
        {!readOnly && <RuleMenu {...props} />}
      </div>
      <div id={body} hidden={!isOpen}>
        {isOpen && (
          <div className="border-t px-3 py-4 sm:px-4">
            {readOnly ? (
              <RuleReading rule={rule} />
            ) : (
              <Suspense fallback={<Skeleton className="h-64 w-full" />}>
                <RuleEditor {...props} />
              </Suspense>
            )}
          </div>
        )}
      </div>
    </>
  );
}, isStill);
