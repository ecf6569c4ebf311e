import { ChevronRight, Flag, Users } from 'lucide-react';
import { useState } from 'react';
import { Badge } from '../../ui/badge.tsx';
import { Checkbox } from '../../ui/checkbox.tsx';
import { cx } from '../../ui/class-names.ts';
import { DiffView } from '../../ui/diff-view.tsx';
import { TextLink } from '../../ui/text-link.tsx';
import { VirtualRows } from '../../ui/virtual-rows.tsx';
import { memberName } from './member-words.ts';
import { idOf, isPromotable, type Item, type Selection, type SelectionAction } from './promotion.ts';

interface Pair {
  readonly from: string;
  readonly to: string;
}

interface ListProps {
  readonly project: string;
  readonly pair: Pair;
  readonly items: readonly Item[];
  readonly selection: Selection;
  /** Null: nothing can be chosen. */
  readonly onSelect: ((action: SelectionAction) => void) | null;
}

/** Everything that differs, each with what differs about it; opened, member by member. */
export function ComparisonList({ project, pair, items, selection, onSelect }: ListProps) {
  const [open, setOpen] = useState<ReadonlySet<string>>(new Set());
  const toggle = (id: string): void => {
    const next = new Set(open);
    if (!next.delete(id)) next.add(id);
    setOpen(next);
  };
  return (
    <VirtualRows
      items={items}
      keyOf={idOf}
      rowHeight={57}
      aria-label={`Differences between ${pair.from} and ${pair.to}`}
      render={(item, at) => (
        <Row
          isFirst={at === 0}
          project={project}
          pair={pair}
          item={item}
          chosen={selection.get(idOf(item))}
          onSelect={onSelect}
          isOpen={open.has(idOf(item))}
          onToggle={() => toggle(idOf(item))}
        />
      )}
    />
  );
}

interface RowProps extends Pick<ListProps, 'project' | 'pair' | 'onSelect'> {
  readonly item: Item;
  readonly isFirst: boolean;
  readonly chosen: ReadonlySet<string> | undefined;
  readonly isOpen: boolean;
  readonly onToggle: () => void;
}

function Row({ isFirst, project, pair, item, chosen, onSelect, isOpen, onToggle }: RowProps) {
  const Icon = item.kind === 'flag' ? Flag : Users;
  return (
    <div className={cx(!isFirst && 'border-t')}>
      <div
        className={cx(
          'flex min-h-14 flex-wrap items-center gap-x-3 gap-y-1 px-3 py-2 sm:px-4',
          chosen !== undefined && 'bg-accent-soft',
        )}
      >
        {onSelect !== null && (
          <Checkbox
            checked={chosen !== undefined}
            onChange={() => onSelect({ type: 'toggle item', item })}
            disabled={!isPromotable(item)}
            label={`Promote ${item.kind} ${item.key}`}
            hideLabel
          />
        )}
        <button
          type="button"
          aria-expanded={isOpen}
          onClick={onToggle}
          className="-m-1 rounded-sm p-1 text-soft hover:bg-hover hover:text-ink"
          aria-label={`${isOpen ? 'Hide' : 'Show'} what differs about ${item.kind} ${item.key}`}
        >
          <ChevronRight className={cx('size-4 transition-transform', isOpen && 'rotate-90')} aria-hidden="true" />
        </button>
        <Icon className="size-4 shrink-0 text-faint" aria-hidden="true" />
        <ItemLink project={project} pair={pair} item={item} />
        {/* Under the key where there is no room beside it. */}
        <span className="flex flex-wrap gap-1 max-sm:basis-full max-sm:pl-21">
          <Side pair={pair} item={item} />
        </span>
      </div>
      {isOpen && <Members pair={pair} item={item} chosen={chosen} onSelect={onSelect} />}
    </div>
  );
}

function ItemLink({ project, pair, item }: Pick<RowProps, 'project' | 'pair' | 'item'>) {
  const environment = item.from === null ? pair.to : pair.from;
  return item.kind === 'flag' ? (
    <TextLink
      to="/projects/$project/flags/$flag"
      params={{ project, flag: item.key }}
      search={{ env: environment }}
      className="min-w-0 truncate font-mono"
    >
      {item.key}
    </TextLink>
  ) : (
    <TextLink
      to="/projects/$project/segments/$segment"
      params={{ project, segment: item.key }}
      search={{ env: environment }}
      className="min-w-0 truncate font-mono"
    >
      {item.key}
    </TextLink>
  );
}

/** In a word or two each: where it is missing, or which members are not the same. */
function Side({ pair, item }: Pick<RowProps, 'pair' | 'item'>) {
  if (item.to === null) return <Badge tone="warn">not in {pair.to}</Badge>;
  if (item.from === null) return <Badge tone="neutral">only in {pair.to}</Badge>;
  return item.differs.map((member) => <Badge key={member}>{memberName(member)}</Badge>);
}

function Members({ pair, item, chosen, onSelect }: Pick<RowProps, 'pair' | 'item' | 'chosen' | 'onSelect'>) {
  const [from, to] = [contentOf(item.from), contentOf(item.to)];
  return (
    <div className="grid gap-4 border-t bg-canvas px-3 py-4 sm:px-4">
      {item.differs.map((member) => (
        <section key={member} aria-label={memberName(member)} className="grid min-w-0 gap-2">
          <div className="flex flex-wrap items-center justify-between gap-2">
            {onSelect !== null && item.from !== null && item.to !== null ? (
              <Checkbox
                checked={chosen?.has(member) ?? false}
                onChange={() => onSelect({ type: 'toggle member', item, member })}
                label={memberName(member)}
              />
            ) : (
              <h3 className="font-medium">{memberName(member)}</h3>
            )}
            <span className="text-xs text-soft">
              − {pair.to} now, + as in {pair.from}
            </span>
          </div>
          <DiffView
            before={to[member] ?? null}
            after={from[member] ?? null}
            aria-label={`${memberName(member)}, ${pair.to} and ${pair.from}`}
          />
        </section>
      ))}
    </div>
  );
}

function contentOf(side: Item['from']): Readonly<Record<string, unknown>> {
  return (side?.content ?? {}) as Readonly<Record<string, unknown>>;
}
