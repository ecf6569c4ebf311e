import { Combobox as Base } from '@base-ui/react/combobox';
import { Check } from 'lucide-react';
import type { Option } from './option.ts';

/** The list that both comboboxes open. */
export function ComboboxList({ empty }: { readonly empty: string }) {
  return (
    <Base.Portal>
      <Base.Positioner sideOffset={4} className="z-50 outline-none">
        <Base.Popup className="pop max-h-[min(22rem,var(--available-height))] w-[max(14rem,var(--anchor-width))] max-w-(--available-width) overflow-y-auto overscroll-contain rounded-lg bg-raised p-1 shadow-pop">
          <Base.Empty>
            <div className="px-2 py-1.5 text-sm text-faint">{empty}</div>
          </Base.Empty>
          <Base.List>
            {(option: Option) => (
              <Base.Item
                key={option.value}
                value={option}
                disabled={option.disabled ?? false}
                className="grid cursor-default grid-cols-[1fr_auto] items-center gap-3 rounded-md px-2 py-1.5 outline-none select-none data-disabled:text-faint data-highlighted:bg-hover"
              >
                <span className="flex min-w-0 items-center gap-2">
                  {option.mark}
                  <span className="min-w-0">
                    <span className="block truncate">{option.label}</span>
                    {option.hint !== undefined && (
                      <span className="block truncate text-xs text-faint">{option.hint}</span>
                    )}
                  </span>
                </span>
                <Base.ItemIndicator>
                  <Check className="size-4 text-accent-text" aria-hidden="true" />
                </Base.ItemIndicator>
              </Base.Item>
            )}
          </Base.List>
        </Base.Popup>
      </Base.Positioner>
    </Base.Portal>
  );
}
