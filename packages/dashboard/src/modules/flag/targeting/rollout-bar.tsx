import type { Rollout } from '@flaghoist/evaluator';
import { percentOf, percentText, totalOf } from '../draft/rollout.ts';
import { variantColour } from '../variant-mark.tsx';

/** The shares side by side. Says nothing that the numbers beside it do not say. */
export function RolloutBar({ rollout, variants }: { readonly rollout: Rollout; readonly variants: readonly string[] }) {
  const total = totalOf(rollout);
  return (
    <div aria-hidden="true" className="flex h-2.5 w-full gap-px overflow-hidden rounded-full bg-sunken">
      {rollout.variants
        .filter(({ weight }) => weight > 0)
        .map(({ variant, weight }) => (
          <div
            key={variant}
            title={`${variant} ${percentText(weight, total)}`}
            style={{ width: `${percentOf(weight, total)}%`, minWidth: 2, background: variantColour(variants, variant) }}
          />
        ))}
    </div>
  );
}
