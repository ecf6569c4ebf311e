import type { Flag } from '../../api/openapi.d.ts';
import { isProductionLike } from '../../api/environment-look.ts';
import { cx } from '../../ui/class-names.ts';
import { isPartial, type ServedState, stateSentence, statesText } from './state-words.ts';

export interface StatePillsProps {
  readonly states: Flag['environments'];
  /** Keys, in order. */
  readonly shown: readonly string[];
  readonly letters: ReadonlyMap<string, string>;
  readonly onOpen: () => void;
  readonly name: string;
}

/** A flag's state in the chosen environments: a letter each, filled where it is on; the rest as a number. */
export function StatePills({ states, shown, letters, onOpen, name }: StatePillsProps) {
  const visible = shown.flatMap((key) => states.find(({ environment }) => environment === key) ?? []);
  const hidden = states.filter(({ environment }) => !shown.includes(environment));
  return (
    <button
      type="button"
      onClick={onOpen}
      className="inline-flex h-8 items-center gap-1 rounded-md px-1 hover:bg-hover"
      aria-label={`${statesText(states)} Show ${name} in all environments`}
    >
      {visible.map((state) => (
        <Pill key={state.environment} state={state} letter={letters.get(state.environment) ?? '?'} />
      ))}
      {hidden.length > 0 && (
        <span aria-hidden="true" className="pl-0.5 text-xs text-faint nums" title={statesText(hidden)}>
          +{hidden.length}
        </span>
      )}
    </button>
  );
}

function Pill({ state, letter }: { readonly state: ServedState; readonly letter: string }) {
  const { enabled, environment } = state;
  return (
    <span
      aria-hidden="true"
      title={`${environment}: ${stateSentence(state)}`}
      className={cx(
        'relative inline-flex h-5.5 min-w-5.5 items-center justify-center rounded-sm border px-1 text-xs leading-none',
        enabled ? 'border-transparent bg-on-soft font-semibold text-on-text' : 'border-line text-faint',
        enabled && isProductionLike(environment) && 'bg-on! text-white!',
      )}
    >
      {letter}
      {isPartial(state) && (
        <span className="absolute -top-0.5 -right-0.5 size-1.5 rounded-full bg-accent outline-2 outline-surface" />
      )}
    </span>
  );
}
