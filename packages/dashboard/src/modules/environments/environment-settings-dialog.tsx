import { useQuery } from '@tanstack/react-query';
import { formFailure } from '../../api/form-failure.ts';
import type { Environment } from '../../api/openapi.d.ts';
import { useEditEnvironment } from '../../api/queries/projects.ts';
import { fleetQuery } from '../../api/queries/fleet.ts';
import { Callout } from '../../ui/callout.tsx';
import { Checkbox } from '../../ui/checkbox.tsx';
import { Field } from '../../ui/field.tsx';
import { FormDialog } from '../../ui/form-dialog.tsx';
import { TextInput } from '../../ui/text-input.tsx';
import { useForm } from '../../ui/use-form.ts';
import { holdOf, holdProblem } from './environment-form.ts';

export interface EnvironmentSettingsDialogProps {
  readonly project: string;
  readonly environment: Environment;
  readonly onClose: () => void;
}

const HOLD = '60';

/** Another name for people; the key stays. And whether changes are tried on canary edges before they are published. */
export function EnvironmentSettingsDialog({ project, environment, onClose }: EnvironmentSettingsDialogProps) {
  const edit = useEditEnvironment(project, environment.key);
  const { holdSeconds } = environment;
  const form = useForm({
    initial: { name: environment.name, hold: holdSeconds === null ? '' : String(holdSeconds) },
    check: ({ name, hold }) => {
      const problem = holdProblem(hold);
      return {
        ...(name.trim() === '' ? { name: 'Write a name.' } : {}),
        ...(problem === null ? {} : { hold: problem }),
      };
    },
    send: async ({ name, hold }) => {
      await edit.mutateAsync({ name: name.trim(), holdSeconds: holdOf(hold), version: environment.version });
      onClose();
    },
    explain: (error) => formFailure(error, { name: '$.name', hold: '$.holdSeconds' }, { candidate_pending: 'hold' }),
  });
  const { name, hold } = form.values;
  return (
    <FormDialog open onClose={onClose} title={`Settings of ${environment.name}`} size="sm" form={form} action="Save">
      <Field label="Name" hint={`For people. Programs go on calling it ${environment.key}.`} error={form.errors.name}>
        <TextInput value={name} onChange={form.set('name')} maxLength={256} />
      </Field>
      <Checkbox
        checked={hold !== ''}
        onChange={(isOn) => form.set('hold')(isOn ? HOLD : '')}
        label="Try changes on canary edges before they are published"
      />
      {hold !== '' && (
        <Field label="For how many seconds" hint="Turning a flag off never waits." error={form.errors.hold}>
          <TextInput value={hold} onChange={form.set('hold')} inputMode="numeric" />
        </Field>
      )}
      {hold !== '' && <NobodyTries project={project} environment={environment.key} />}
    </FormDialog>
  );
}

/** Without a canary edge every change would wait for ever: said before it is asked for. */
function NobodyTries({ project, environment }: { readonly project: string; readonly environment: string }) {
  const fleet = useQuery(fleetQuery(project, environment));
  if (fleet.data?.live.known !== true || fleet.data.edges.some(({ live, canary }) => live && canary)) return null;
  return (
    <Callout tone="warn" title="No canary edge is live here">
      Changes will wait until one is, or somebody publishes them by hand. Start an edge with{' '}
      <code className="whitespace-nowrap">--canary</code>.
    </Callout>
  );
}
