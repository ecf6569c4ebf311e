/** Turning a flag on or off in an environment, at once and with a way back. */
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { ApiProblem, failureOf } from '../../../api/problem.ts';
import { configurationQuery, flagQuery, useEditConfiguration } from '../../../api/queries/flags.ts';
import { TriedFirst } from '../../../api/tried.ts';
import { showToast } from '../../../ui/toast.tsx';

export interface ToggledState {
  readonly environment: string;
  readonly enabled: boolean;
  readonly revision: number;
}

/** A switch that was thrown shows at once; when it is refused it goes back and says why. */
export function useToggle(project: string, flag: string) {
  const client = useQueryClient();
  const write = useEditConfiguration(project);
  const [pending, setPending] = useState<ReadonlySet<string>>(new Set());
  const mark = (environment: string, isPending: boolean) =>
    setPending((before) => {
      const next = new Set(before);
      if (isPending) next.add(environment);
      else next.delete(environment);
      return next;
    });

  function show(environment: string, enabled: boolean): void {
    client.setQueryData(flagQuery(project, flag).queryKey, (before) =>
      before === undefined
        ? before
        : {
            ...before,
            environments: before.environments.map((one) =>
              one.environment === environment ? { ...one, enabled } : one,
            ),
          },
    );
  }

  async function send(state: ToggledState, enabled: boolean, isSecond: boolean): Promise<number> {
    const { environment, revision } = state;
    try {
      const found = await write.mutateAsync({ flag, environment, revision, body: { enabled } });
      return found.revision;
    } catch (error) {
      // Whatever else changed, the switch is a thing of its own: it is thrown on top.
      if (isSecond || !(error instanceof ApiProblem) || error.code !== 'precondition_failed') throw error;
      const newest = await client.fetchQuery({ ...configurationQuery(project, flag, environment), staleTime: 0 });
      if (newest.enabled === enabled) return newest.revision;
      return send({ ...state, revision: newest.revision }, enabled, true);
    }
  }

  async function toggle(state: ToggledState, enabled: boolean): Promise<void> {
    const { environment } = state;
    await client.cancelQueries({ queryKey: flagQuery(project, flag).queryKey });
    show(environment, enabled);
    mark(environment, true);
    try {
      const revision = await send(state, enabled, false);
      showToast({
        title: `${enabled ? 'On' : 'Off'} in ${environment}`,
        detail: `Saved as revision ${revision}.`,
        tone: enabled ? 'on' : 'neutral',
        action: { label: 'Undo', onAction: () => void toggle({ environment, enabled, revision }, !enabled) },
      });
    } catch (error) {
      show(environment, !enabled);
      showToast({ ...failureOf(error), tone: error instanceof TriedFirst ? 'neutral' : 'danger' });
    } finally {
      mark(environment, false);
    }
  }

  return { pending, toggle: (state: ToggledState, enabled: boolean) => void toggle(state, enabled) };
}
