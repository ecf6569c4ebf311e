import { Braces, Hash, type LucideIcon, ToggleRight, Type } from 'lucide-react';
import type { FlagKind } from './flag-search.ts';

export const KIND_ICONS: Readonly<Record<FlagKind, LucideIcon>> = {
  boolean: ToggleRight,
  string: Type,
  number: Hash,
  object: Braces,
};
export const KIND_WORDS: Readonly<Record<FlagKind, string>> = {
  boolean: 'On or off',
  string: 'Text',
  number: 'Number',
  object: 'JSON',
};

/** What kind of value a flag answers. */
export function FlagKindMark({ kind }: { readonly kind: FlagKind }) {
  const Icon = KIND_ICONS[kind];
  return (
    <span className="shrink-0 text-faint" title={`${KIND_WORDS[kind]} (${kind})`}>
      <Icon className="size-4" aria-hidden="true" />
      <span className="sr-only">{KIND_WORDS[kind]}</span>
    </span>
  );
}
