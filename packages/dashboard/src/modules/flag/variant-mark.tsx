import { PALETTE } from '../../ui/chart-colours.ts';
import { cx } from '../../ui/class-names.ts';

/** The colour of a variant, by its place among the flag's variants: the same in bars, lists and charts. */
export function variantColour(variants: readonly string[], name: string): string {
  const index = variants.indexOf(name);
  return PALETTE[(index < 0 ? variants.length : index) % PALETTE.length] ?? 'currentColor';
}

export function VariantMark({
  variants,
  name,
  className,
}: {
  readonly variants: readonly string[];
  readonly name: string;
  readonly className?: string;
}) {
  return (
    <span
      aria-hidden="true"
      className={cx('inline-block size-2.5 shrink-0 rounded-sm', className)}
      style={{ background: variantColour(variants, name) }}
    />
  );
}

export function variantOptions(variants: readonly string[]) {
  return variants.map((name) => ({ value: name, label: name, mark: <VariantMark variants={variants} name={name} /> }));
}
