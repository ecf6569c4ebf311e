import { useCallback, useRef, useState } from 'react';
import type { Flag } from '../../api/openapi.d.ts';
import { ApiProblem, failureOf } from '../../api/problem.ts';
import { answer, api, ifMatch } from '../../api/client.ts';
import { published, TriedFirst } from '../../api/tried.ts';
import { showToast } from '../../ui/toast.tsx';
import { stateIn, withState } from './listed-flags.ts';
import type { ListCache } from './use-list-cache.ts';

const ONE = '/api/v1/projects/{project}/environments/{environment}/flags/{flag}';

export interface Toggle {
  /** Switches a flag at once, and says so with a way back; goes back by itself when the server refuses. */
  readonly toggle: (flag: string, environment: string, enabled: boolean) => void;
  /** `flag environment` of what the server has not confirmed. */
  readonly pending: ReadonlySet<string>;
}

/** The quick switch of the list. Presses on one flag are sent one after the other, each on the revision of the one before. */
export function useToggle(project: string, cache: ListCache): Toggle {
  const [pending, setPending] = useState<ReadonlySet<string>>(new Set());
  const lines = useRef(new Map<string, Promise<void>>());

  const send = useCallback(
    async (key: string, environment: string, enabled: boolean): Promise<Flag> => {
      const revision = stateIn(cache.find(key) ?? { key, version: 0, environments: [] }, environment)?.revision ?? 0;
      const saved = await answer(
        api.PATCH(ONE, {
          params: { path: { project, environment, flag: key }, header: ifMatch(revision) },
          body: { enabled },
        }),
      ).then(published);
      cache.patch(key, (flag) => withState(flag, { environment, enabled: saved.enabled, revision: saved.revision }));
      return (await cache.renew(key)).after;
    },
    [cache, project],
  );

  const toggle = useCallback(
    (key: string, environment: string, enabled: boolean) => {
      const line = `${key} ${environment}`;
      const show = (to: boolean): void => cache.patch(key, (flag) => shown(flag, environment, to));
      show(enabled);
      setPending((before) => new Set([...before, line]));
      const sent = (lines.current.get(key) ?? Promise.resolve())
        .then(() => send(key, environment, enabled))
        .then(
          (flag) => told(flag, environment, enabled, () => toggle(key, environment, !enabled)),
          async (error: unknown) => {
            show(!enabled);
            refused(error, key, environment);
            await cache.renew(key).catch(() => undefined);
          },
        )
        .finally(() => {
          if (lines.current.get(key) !== sent) return;
          lines.current.delete(key);
          setPending((before) => new Set([...before].filter((one) => !one.startsWith(`${key} `))));
        });
      lines.current.set(key, sent);
    },
    [cache, send],
  );
  return { toggle, pending };
}

function shown(flag: Flag, environment: string, enabled: boolean): Flag {
  const state = stateIn(flag, environment);
  return state === null ? flag : withState(flag, { environment, enabled, revision: state.revision });
}

function told(flag: Flag, environment: string, enabled: boolean, onUndo: () => void): void {
  showToast({
    title: `${flag.name} is ${enabled ? 'on' : 'off'} in ${environment}`,
    tone: enabled ? 'on' : 'neutral',
    action: { label: 'Undo', onAction: onUndo },
  });
}

function refused(error: unknown, key: string, environment: string): void {
  if (error instanceof TriedFirst) {
    showToast(error);
    return;
  }
  const isConflict = error instanceof ApiProblem && error.code === 'precondition_failed';
  const title = isConflict
    ? `${key} was changed by somebody else just now`
    : `${key} was not switched in ${environment}`;
  const detail = isConflict
    ? 'It is shown as it is now. Look, then switch again if you still want to.'
    : failureOf(error).detail;
  showToast({ title, detail, tone: 'danger' });
}
