import { Menu as Base } from '@base-ui/react/menu';
import type { LucideIcon } from 'lucide-react';
import type { ReactElement, ReactNode } from 'react';
import { cx } from './class-names.ts';
import { Kbd } from './kbd.tsx';

const POPUP =
  'pop max-h-(--available-height) min-w-48 max-w-80 overflow-y-auto rounded-lg bg-raised p-1 shadow-pop outline-none';
const ITEM =
  'flex w-full cursor-default items-center gap-2.5 rounded-md px-2 py-1.5 text-left outline-none select-none data-disabled:text-faint data-highlighted:bg-hover';

export interface MenuProps {
  /** The element that opens it. */
  readonly trigger: ReactElement<Record<string, unknown>>;
  /** MenuItem, MenuLink, MenuGroup, MenuChoice, MenuSeparator. */
  readonly children: ReactNode;
  readonly side?: 'top' | 'bottom' | 'left' | 'right' | undefined;
  readonly align?: 'start' | 'center' | 'end' | undefined;
}

/** Actions behind one button. */
export function Menu({ trigger, children, side = 'bottom', align = 'start' }: MenuProps) {
  return (
    <Base.Root>
      <Base.Trigger render={trigger} />
      <Base.Portal>
        <Base.Positioner side={side} align={align} sideOffset={4} className="z-50 outline-none">
          <Base.Popup className={POPUP}>{children}</Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}

export interface MenuItemProps {
  readonly icon?: LucideIcon | undefined;
  readonly onSelect: () => void;
  readonly tone?: 'neutral' | 'danger' | undefined;
  readonly keys?: string | undefined;
  readonly disabled?: boolean | undefined;
  readonly children: ReactNode;
}

/** Does something, and closes the menu. */
export function MenuItem({ icon: Icon, onSelect, tone = 'neutral', keys, disabled = false, children }: MenuItemProps) {
  return (
    <Base.Item
      onClick={onSelect}
      disabled={disabled}
      className={cx(ITEM, tone === 'danger' && !disabled && 'text-danger-text')}
    >
      {Icon !== undefined && <Icon className="size-4 shrink-0 opacity-75" aria-hidden="true" />}
      <span className="min-w-0 flex-1">{children}</span>
      {keys !== undefined && <Kbd keys={keys} />}
    </Base.Item>
  );
}

export interface MenuLinkProps {
  /** A link, such as `<Link to="/account" />`. */
  readonly render: ReactElement<Record<string, unknown>>;
  readonly icon?: LucideIcon | undefined;
  readonly children: ReactNode;
}

/** Leads to a page. */
export function MenuLink({ render, icon: Icon, children }: MenuLinkProps) {
  return (
    <Base.LinkItem render={render} closeOnClick className={ITEM}>
      {Icon !== undefined && <Icon className="size-4 shrink-0 opacity-75" aria-hidden="true" />}
      <span className="min-w-0 flex-1 truncate">{children}</span>
    </Base.LinkItem>
  );
}

/** Items that belong together, under a quiet title. */
export function MenuGroup({ label, children }: { readonly label: string; readonly children: ReactNode }) {
  return (
    <Base.Group>
      <Base.GroupLabel className="px-2 pt-1.5 pb-1 text-xs text-faint">{label}</Base.GroupLabel>
      {children}
    </Base.Group>
  );
}

export interface MenuChoiceProps<Value extends string> {
  readonly label: string;
  readonly value: Value;
  readonly onChange: (value: Value) => void;
  readonly options: readonly {
    readonly value: Value;
    readonly label: string;
    readonly icon?: LucideIcon | undefined;
  }[];
}

/** One of a few, inside a menu; the menu stays open. */
export function MenuChoice<Value extends string>({ label, value, onChange, options }: MenuChoiceProps<Value>) {
  return (
    <MenuGroup label={label}>
      <Base.RadioGroup value={value} onValueChange={(next) => onChange(next as Value)}>
        {options.map(({ value: one, label: text, icon: Icon }) => (
          <Base.RadioItem key={one} value={one} className={ITEM}>
            {Icon !== undefined && <Icon className="size-4 shrink-0 opacity-75" aria-hidden="true" />}
            <span className="flex-1">{text}</span>
            <Base.RadioItemIndicator className="size-1.5 rounded-full bg-accent" />
          </Base.RadioItem>
        ))}
      </Base.RadioGroup>
    </MenuGroup>
  );
}

/** A hairline between items. */
export function MenuSeparator() {
  return <Base.Separator className="-mx-1 my-1 h-px bg-line" />;
}
