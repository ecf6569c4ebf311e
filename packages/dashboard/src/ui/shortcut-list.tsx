import { Dialog } from './dialog.tsx';
import { Kbd } from './kbd.tsx';
import { GENERAL, type Shortcut } from './shortcut-keys.ts';

export interface ShortcutListProps {
  readonly open: boolean;
  readonly onClose: () => void;
  readonly shortcuts: readonly Shortcut[];
}

/** All shortcuts that work on the page, by group. */
export function ShortcutList({ open, onClose, shortcuts }: ShortcutListProps) {
  const inOrder = shortcuts.toSorted((a, b) => Number(b.group === GENERAL) - Number(a.group === GENERAL));
  const groups = Map.groupBy(inOrder, ({ group }) => group);
  return (
    <Dialog open={open} onClose={onClose} title="Keyboard shortcuts">
      <div className="flex flex-col gap-5">
        {[...groups].map(([group, list]) => (
          <section key={group}>
            <h3 className="mb-1 text-sm font-medium text-faint">{group}</h3>
            <dl>
              {list.map(({ keys, label }) => (
                <div
                  key={`${keys} ${label}`}
                  className="flex items-center justify-between gap-4 border-b py-1.5 last:border-0"
                >
                  <dt>{label}</dt>
                  <dd>
                    <Kbd keys={keys} />
                  </dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Dialog>
  );
}
