import { Link } from '@tanstack/react-router';
import { environmentHue, isProductionLike } from '../../../api/environment-look.ts';
import type { Flag } from '../../../api/openapi.d.ts';
import { cx } from '../../../ui/class-names.ts';
import { useEffect, useRef } from 'react';
import { Dot } from '../../../ui/dot.tsx';
import { Switch } from '../../../ui/switch.tsx';
import type { useToggle } from '../editing/use-toggle.ts';

export interface EnvironmentSwitcherProps {
  readonly flag: Flag;
  /** In the order that the project shows them. */
  readonly environments: readonly { readonly key: string; readonly name: string }[];
  readonly current: string;
  readonly tab: string | undefined;
  readonly mayEdit: (environment: string) => boolean;
  readonly toggle: ReturnType<typeof useToggle>;
}

/** Every environment with its switch; the one that the page is about stands out. */
export function EnvironmentSwitcher({ flag, environments, current, tab, mayEdit, toggle }: EnvironmentSwitcherProps) {
  const shown = useRef<HTMLDivElement>(null);
  // On a phone the row is wider than the screen.
  useEffect(() => {
    shown.current?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }, [current]);
  const states = new Map(flag.environments.map((state) => [state.environment, state]));
  return (
    <nav aria-label="Environments" className="-mx-0.5 mb-5 flex gap-2 overflow-x-auto p-0.5 pb-1">
      {environments.map(({ key, name }) => {
        const state = states.get(key);
        if (state === undefined) return null;
        const isCurrent = key === current;
        return (
          <div
            key={key}
            ref={isCurrent ? shown : null}
            className={cx(
              'relative flex min-w-40 shrink-0 items-center justify-between gap-4 rounded-lg border bg-surface py-2 pr-3 pl-3 hover:border-edge',
              isCurrent && 'border-accent! inset-ring inset-ring-accent',
            )}
          >
            <Link
              to="/projects/$project/flags/$flag"
              params={{ project: flag.project, flag: flag.key }}
              search={tab === undefined ? { env: key } : { env: key, tab }}
              aria-current={isCurrent ? 'true' : undefined}
              className="min-w-0 rounded-md after:absolute after:inset-0"
            >
              <span className="flex items-center gap-2">
                <Dot hue={environmentHue(key)} />
                <span className="truncate font-medium">{name}</span>
                {isProductionLike(key) && <span className="text-xs font-medium text-warn-text">live</span>}
              </span>
              <span className="block text-sm text-faint">{servesText(state)}</span>
            </Link>
            <span className="relative z-10">
              <Switch
                size="md"
                hideLabel
                label={`${flag.key} in ${name}`}
                checked={state.enabled}
                pending={toggle.pending.has(key)}
                disabled={!mayEdit(key) || flag.lifecycle === 'archived'}
                onChange={(enabled) => toggle.toggle(state, enabled)}
              />
            </span>
          </div>
        );
      })}
    </nav>
  );
}

function servesText({ enabled, serves }: { readonly enabled: boolean; readonly serves?: string }): string {
  if (!enabled) return 'off';
  switch (serves) {
    case undefined:
    case 'off':
      return 'on';
    case 'rules':
      return 'on, by rules';
    case 'rollout':
      return 'on, rollout';
    default:
      return `on, serves ${serves}`;
  }
}
