import { environmentHue } from '../../api/environment-look.ts';
import type { NamedEnvironment } from '../../api/environment-options.ts';
import type { Flag } from '../../api/openapi.d.ts';
import { useMyRights } from '../../api/queries/rights.ts';
import { isAtLeast, whyNot } from '../../api/rights.ts';
import { Dialog } from '../../ui/dialog.tsx';
import { Dot } from '../../ui/dot.tsx';
import { LinkButton } from '../../ui/link-button.tsx';
import { Switch } from '../../ui/switch.tsx';
import { TimeText } from '../../ui/time-text.tsx';

import { stateSentence } from './state-words.ts';

export interface StatesDialogProps {
  readonly project: string;
  /** Null: closed. */
  readonly flag: Flag | null;
  readonly environments: readonly NamedEnvironment[];
  readonly pending: ReadonlySet<string>;
  readonly onToggle: (flag: string, environment: string, enabled: boolean) => void;
  readonly onClose: () => void;
}

/** One flag in all environments, with their switches. */
export function StatesDialog({ project, flag, environments, pending, onToggle, onClose }: StatesDialogProps) {
  const rights = useMyRights();
  const states = environments.flatMap(({ key, name }) => {
    const state = flag?.environments.find(({ environment }) => environment === key);
    return state === undefined ? [] : [{ ...state, name }];
  });
  return (
    <Dialog
      open={flag !== null}
      onClose={onClose}
      title={flag?.name ?? ''}
      description={<span className="font-mono text-sm wrap-anywhere">{flag?.key}</span>}
      footer={
        flag !== null && (
          <LinkButton to="/projects/$project/flags/$flag" params={{ project, flag: flag.key }}>
            Open the flag
          </LinkButton>
        )
      }
    >
      <ul>
        {states.map((state) => {
          const role = rights.inEnvironment(project, state.environment);
          const why = whyNot(role, 'editor', state.name);
          return (
            <li key={state.environment} className="flex items-center gap-3 border-b py-2.5 last:border-0">
              <Dot hue={environmentHue(state.environment)} />
              <div className="min-w-0 flex-1">
                <p className="truncate font-medium">{state.name}</p>
                <p className="text-sm text-soft">
                  {stateSentence(state)} · <TimeText at={state.changedAt} />
                </p>
                {why !== null && <p className="text-xs text-faint">{why}</p>}
              </div>
              <Switch
                checked={state.enabled}
                onChange={(enabled) => flag !== null && onToggle(flag.key, state.environment, enabled)}
                label={`${flag?.name} in ${state.name}`}
                hideLabel
                pending={pending.has(`${flag?.key} ${state.environment}`)}
                disabled={!isAtLeast(role, 'editor')}
              />
            </li>
          );
        })}
      </ul>
    </Dialog>
  );
}
