import { Autocomplete } from '@base-ui/react/autocomplete';
import { Dialog } from '@base-ui/react/dialog';
import { Search } from 'lucide-react';
import { useState } from 'react';
import { failureOf } from '../../api/problem.ts';
import { BACKDROP } from '../../ui/dialog.tsx';
import { Kbd } from '../../ui/kbd.tsx';
import { Spinner } from '../../ui/spinner.tsx';
import { piecesOf } from './match.ts';
import { gather, type PaletteGroup, type ShownItem } from './palette-items.ts';
import { useCommands } from './use-commands.ts';
import { usePlaces } from './use-places.ts';

export interface PaletteProps {
  readonly open: boolean;
  readonly onClose: () => void;
  /** The project one is in; null outside of projects. */
  readonly project: string | null;
}

/** Goes anywhere and does things by typing. Loaded when it is first opened. */
export function Palette({ open, onClose, project }: PaletteProps) {
  return (
    <Dialog.Root open={open} onOpenChange={(isOpen) => !isOpen && onClose()}>
      <Dialog.Portal>
        <Dialog.Backdrop className={BACKDROP} />
        <Dialog.Viewport className="fixed inset-0 z-40 flex items-start justify-center sm:p-6 sm:pt-[12dvh]">
          <Dialog.Popup className="pop flex h-dvh w-full flex-col bg-raised shadow-pop outline-none sm:h-auto sm:max-h-[min(32rem,76dvh)] sm:max-w-xl sm:rounded-xl">
            <Dialog.Title className="sr-only">Search and go anywhere</Dialog.Title>
            <Finder project={project} onClose={onClose} />
          </Dialog.Popup>
        </Dialog.Viewport>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

function Finder({ project, onClose }: Omit<PaletteProps, 'open'>) {
  const [query, setQuery] = useState('');
  const commands = useCommands(project);
  const { recent, found, isSearching, error } = usePlaces(query, project);
  const groups = gather({ query, recent, commands, found });
  return (
    <Autocomplete.Root
      items={groups}
      filter={null}
      value={query}
      onValueChange={(text, { reason }) => reason !== 'item-press' && setQuery(text)}
      open
      inline
      autoHighlight="always"
      keepHighlight
    >
      <div className="flex items-center gap-3 border-b px-4">
        <span className="text-faint">
          {isSearching ? <Spinner /> : <Search className="size-4" aria-hidden="true" />}
        </span>
        <Autocomplete.Input
          aria-label="Search flags, segments, projects and commands"
          placeholder="Search flags and segments, or type what to do…"
          maxLength={256}
          className="h-12 min-w-0 flex-1 bg-transparent text-md outline-none"
        />
        <Dialog.Close className="rounded-sm text-faint">
          <span className="sr-only">Close</span>
          <Kbd keys="escape" />
        </Dialog.Close>
      </div>
      <div className="min-h-0 flex-1 overflow-y-auto overscroll-contain p-2">
        {error !== null && (
          <p className="px-2 py-1.5 text-sm text-danger-text">Searching failed. {failureOf(error).detail}</p>
        )}
        <Autocomplete.Empty>
          <div className="px-2 py-8 text-center text-soft empty:hidden">
            {isSearching ? 'Searching…' : `Nothing is called “${query.trim()}”.`}
          </div>
        </Autocomplete.Empty>
        <Autocomplete.List>
          {(group: PaletteGroup) => (
            <Autocomplete.Group key={group.value} items={group.items} className="mb-2 last:mb-0">
              <Autocomplete.GroupLabel className="px-2 pt-1 pb-1 text-xs font-medium text-faint">
                {group.value}
              </Autocomplete.GroupLabel>
              <Autocomplete.Collection>
                {(item: ShownItem) => (
                  <Line
                    key={item.id}
                    item={item}
                    onRun={() => {
                      onClose();
                      item.run();
                    }}
                  />
                )}
              </Autocomplete.Collection>
            </Autocomplete.Group>
          )}
        </Autocomplete.List>
      </div>
      <div className="flex items-center gap-4 border-t px-4 py-2 text-xs text-faint max-sm:hidden">
        <span className="flex items-center gap-1.5">
          <Kbd keys="up" />
          <Kbd keys="down" /> choose
        </span>
        <span className="flex items-center gap-1.5">
          <Kbd keys="enter" /> go
        </span>
        <span className="ml-auto flex items-center gap-1.5">
          <Kbd keys="?" /> all shortcuts
        </span>
      </div>
    </Autocomplete.Root>
  );
}

function Line({ item, onRun }: { readonly item: ShownItem; readonly onRun: () => void }) {
  const Icon = item.icon;
  return (
    <Autocomplete.Item
      value={item}
      onClick={onRun}
      className="flex min-h-9 cursor-default items-center gap-3 rounded-md px-2 py-1.5 outline-none select-none data-highlighted:bg-hover"
    >
      <Icon className="size-4 shrink-0 text-faint" aria-hidden="true" />
      <span className="min-w-0 flex-1 truncate">
        {piecesOf(item.label, item.ranges).map(({ text, isMatch }, at) =>
          isMatch ? (
            <mark key={`${at} ${text}`} className="bg-transparent font-semibold text-accent-text">
              {text}
            </mark>
          ) : (
            <span key={`${at} ${text}`}>{text}</span>
          ),
        )}
        {item.hint !== undefined && item.hint !== '' && <span className="ml-2 text-sm text-faint">{item.hint}</span>}
      </span>
      {item.keys !== undefined && <Kbd keys={item.keys} />}
    </Autocomplete.Item>
  );
}
