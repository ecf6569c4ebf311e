import { useSortable } from '@dnd-kit/sortable';
import { ArrowDown, ArrowUp, ChevronRight, Copy, Ellipsis, GripVertical, Trash2 } from 'lucide-react';
import { type KeyboardEvent, memo, useId } from 'react';
import { Badge } from '../../../ui/badge.tsx';
import { cx } from '../../../ui/class-names.ts';
import { IconButton } from '../../../ui/icon-button.tsx';
import { Menu, MenuItem, MenuSeparator } from '../../../ui/menu.tsx';
import { isSame } from '../draft/same.ts';
import { useEditing } from '../editing/editing-context.ts';
import { ruleWords } from '../words/serve-words.ts';
import { WordsText } from '../words/words-text.tsx';
import { RolloutBar } from './rollout-bar.tsx';
import type { RuleCardProps } from './rule-card-props.ts';
import { RuleEditor } from './rule-editor.tsx';
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

/** What moves. It is drawn with every step of any rule on its way; what is inside is not. */
function Card(props: RuleCardProps) {
  const { rule, index, isOpen, problems, onMove } = props;
  const { readOnly } = useEditing();
  const sortable = useSortable({ id: rule.id, disabled: readOnly });
  const { transform, transition, isDragging } = sortable;

  function press(event: KeyboardEvent): void {
    if (!event.altKey || readOnly || (event.key !== 'ArrowUp' && event.key !== 'ArrowDown')) return;
    event.preventDefault();
    onMove(rule.id, event.key === 'ArrowUp' ? index - 1 : index + 1);
  }

  return (
    <li
      ref={sortable.setNodeRef}
      data-rule={rule.id}
      data-wrong={problems.length > 0 || undefined}
      onKeyDown={press}
      style={{ transform: transform === null ? undefined : `translate3d(0,${transform.y}px,0)`, transition }}
      className={cx(
        'relative rounded-lg border bg-surface',
        isDragging && 'z-10 shadow-pop',
        problems.length > 0 && 'border-danger/60',
        !isOpen && !isDragging && '[contain-intrinsic-size:auto_3.25rem] [content-visibility:auto]',
      )}
    >
      {!readOnly && (
        <button
          type="button"
          ref={sortable.setActivatorNodeRef}
          {...sortable.listeners}
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
            {readOnly ? <RuleReading rule={rule} /> : <RuleEditor {...props} />}
          </div>
        )}
      </div>
    </>
  );
}, isStill);

function RuleMenu({ rule, index, isLast, onMove, onDuplicate, onRemove }: RuleCardProps) {
  return (
    <Menu align="end" trigger={<IconButton icon={Ellipsis} label={`More for rule ${index + 1}`} />}>
      <MenuItem icon={ArrowUp} keys="alt+up" disabled={index === 0} onSelect={() => onMove(rule.id, index - 1)}>
        Move up
      </MenuItem>
      <MenuItem icon={ArrowDown} keys="alt+down" disabled={isLast} onSelect={() => onMove(rule.id, index + 1)}>
        Move down
      </MenuItem>
      <MenuItem icon={Copy} onSelect={() => onDuplicate(rule.id)}>
        Duplicate
      </MenuItem>
      <MenuSeparator />
      <MenuItem icon={Trash2} tone="danger" onSelect={() => onRemove(rule.id)}>
        Remove the rule
      </MenuItem>
    </Menu>
  );
}
