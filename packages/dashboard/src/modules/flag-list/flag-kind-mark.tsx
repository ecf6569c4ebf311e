import { Braces, Hash, type LucideIcon, ToggleRight, Type } from 'lucide-react';
import { FLAG_TYPE_WORDS } from '../../api/flag-type-words.ts';
import type { FlagKind } from './flag-search.ts';

export const KIND_ICONS: Readonly<Record<FlagKind, LucideIcon>> = {
  boolean: ToggleRight,
  string: Type,
  number: Hash,
  object: Braces,
};

/** What kind of value a flag answers. */
export function FlagKindMark({ kind }: { readonly kind: FlagKind }) {
  const Icon = KIND_ICONS[kind];
  return (
    <span className="shrink-0 text-faint" title={FLAG_TYPE_WORDS[kind]}>
      <Icon className="size-4" aria-hidden="true" />
      <span className="sr-only">{FLAG_TYPE_WORDS[kind]}</span>
    </span>
  );
}
