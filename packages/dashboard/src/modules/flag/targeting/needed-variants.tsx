import { useQuery } from '@tanstack/react-query';
import { flagQuery } from '../../../api/queries/flags.ts';
import { MultiCombobox } from '../../../ui/multi-combobox.tsx';
import { useEditing } from '../editing/editing-context.ts';
import { variantOptions } from '../variant-mark.tsx';

export interface NeededVariantsProps {
  readonly flag: string;
  readonly variants: readonly string[];
}

/** Which variants of another flag do. */
export function NeededVariants({ flag, variants }: NeededVariantsProps) {
  const { edit, project } = useEditing();
  const { data: other } = useQuery(flagQuery(project, flag));
  return (
    <MultiCombobox
      aria-label={`Variants of ${flag}`}
      value={variants}
      onChange={(next) => edit({ do: 'set prerequisite', flag, variants: next })}
      options={variantOptions(other?.variants ?? [])}
      empty={other === undefined ? 'Loading…' : 'It has no other variants.'}
      placeholder="Choose variants"
      className="min-w-48 flex-1"
    />
  );
}
