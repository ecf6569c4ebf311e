import { isProductionLike } from '../../api/environment-look.ts';
import type { NamedEnvironment } from '../../api/environment-options.ts';
import { Checkbox } from '../../ui/checkbox.tsx';
import { Spinner } from '../../ui/spinner.tsx';
import { ShownMenu, SwitchedSelect } from './late-parts.tsx';
import type { ShownMenuProps } from './shown-menu.tsx';

export interface ListHeadProps extends Omit<ShownMenuProps, 'environments'> {
  readonly environments: readonly NamedEnvironment[];
  readonly total: number | null;
  readonly isNarrowed: boolean;
  readonly isOld: boolean;
  readonly switched: string | null;
  readonly onSwitch: (environment: string) => void;
  readonly selected: number;
  readonly loaded: number;
  readonly onSelectAll: (all: boolean) => void;
}

/** Stands above the rows, in their columns. */
export function ListHead({
  total,
  isNarrowed,
  isOld,
  switched,
  onSwitch,
  selected,
  loaded,
  onSelectAll,
  environments,
  ...menu
}: ListHeadProps) {
  return (
    <div className="sticky top-14 z-10 grid h-11 grid-cols-[1.5rem_minmax(0,1fr)_auto_auto] items-center gap-x-3 rounded-t-lg border-b bg-surface px-3 sm:px-4 lg:grid-cols-[1.5rem_minmax(0,1fr)_auto_6.5rem_10rem] lg:gap-x-5">
      <Checkbox
        checked={loaded > 0 && selected >= loaded}
        partly={selected > 0 && selected < loaded}
        onChange={(checked) => onSelectAll(checked)}
        disabled={loaded === 0}
        label="Select all that are loaded"
        hideLabel
      />
      <div role="status" className="flex items-center gap-2 truncate text-xs font-medium text-faint nums">
        {total === null ? '' : countText(total, isNarrowed)}
        {isOld && <Spinner label="Searching" />}
      </div>
      {environments.length > 0 ? <ShownMenu environments={environments} {...menu} /> : <span />}
      <span className="hidden text-xs font-medium text-faint lg:inline">Changed</span>
      {switched !== null && (
        <div className="flex w-40 items-center justify-end gap-2">
          {isProductionLike(switched) && <span className="text-xs font-medium text-warn-text">live</span>}
          <SwitchedSelect environments={environments} switched={switched} onSwitch={onSwitch} />
        </div>
      )}
    </div>
  );
}

function countText(total: number, isNarrowed: boolean): string {
  const flags = total === 1 ? '1 flag' : `${total.toLocaleString('en')} flags`;
  return isNarrowed ? `${flags} found` : flags;
}
