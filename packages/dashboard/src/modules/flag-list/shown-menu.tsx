import { Columns3 } from 'lucide-react';
import { environmentHue, isProductionLike } from '../../api/environment-look.ts';
import type { NamedEnvironment } from '../../api/environment-options.ts';
import { Button } from '../../ui/button.tsx';
import { Checkbox } from '../../ui/checkbox.tsx';
import { Dot } from '../../ui/dot.tsx';
import { Popover } from '../../ui/popover.tsx';
import { USUALLY_SHOWN } from './shown-environments.ts';

export interface ShownMenuProps {
  readonly environments: readonly NamedEnvironment[];
  readonly letters: ReadonlyMap<string, string>;
  readonly shown: readonly string[];
  /** Null: the usual ones. */
  readonly onChange: (shown: readonly string[] | null) => void;
}

/** Chooses which environments a row shows, and says which letter is which. */
export function ShownMenu({ environments, letters, shown, onChange }: ShownMenuProps) {
  return (
    <Popover
      title="Environments in the list"
      showTitle
      trigger={
        <button
          type="button"
          className="-ml-2 inline-flex h-7 items-center gap-1.5 rounded-md px-2 text-xs font-medium text-faint hover:bg-hover hover:text-ink"
        >
          <Columns3 className="size-3.5" aria-hidden="true" />
          <span className="max-sm:sr-only">Environments</span>
        </button>
      }
    >
      <ul className="flex flex-col gap-2">
        {environments.map(({ key, name }) => (
          <li key={key}>
            <Checkbox
              checked={shown.includes(key)}
              disabled={shown.length === 1 && shown.includes(key)}
              onChange={(checked) => onChange(checked ? [...shown, key] : shown.filter((one) => one !== key))}
              label={
                <span className="flex items-center gap-2">
                  <Dot hue={environmentHue(key)} />
                  <span className="min-w-0 truncate">{name}</span>
                  <span className="rounded-sm border px-1 text-xs text-soft">{letters.get(key)}</span>
                  {isProductionLike(key) && <span className="text-xs font-medium text-warn-text">live</span>}
                </span>
              }
            />
          </li>
        ))}
      </ul>
      <p className="mt-3 text-sm text-faint">
        A filled letter: on. A dot on it: rules or a rollout decide. Kept in this browser.
      </p>
      {environments.length > USUALLY_SHOWN && (
        <Button size="sm" className="mt-2" onClick={() => onChange(null)}>
          Show the usual {USUALLY_SHOWN}
        </Button>
      )}
    </Popover>
  );
}
