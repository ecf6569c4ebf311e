import { environmentHue } from '../../api/environment-look.ts';
import { formFailure } from '../../api/form-failure.ts';
import type { SdkKeyCreated } from '../../api/openapi.d.ts';
import { useCreateSdkKey } from '../../api/queries/sdk-keys.ts';
import { Dot } from '../../ui/dot.tsx';
import { ExpiryFields } from '../../ui/expiry-fields.tsx';
import { Field } from '../../ui/field.tsx';
import { FormDialog } from '../../ui/form-dialog.tsx';
import { MultiCombobox } from '../../ui/multi-combobox.tsx';
import type { Option } from '../../ui/option.ts';
import { RadioGroup } from '../../ui/radio-group.tsx';
import { Select } from '../../ui/select.tsx';
import { TextInput } from '../../ui/text-input.tsx';
import { type Form, useForm } from '../../ui/use-form.ts';
import { beginKey, type KeyForm, keyFormProblems, toKeyCreate, withKind } from './key-form.ts';
import { KINDS } from './key-words.ts';

export interface NewKeyDialogProps {
  readonly project: string;
  /** Those one administers. */
  readonly environments: readonly { readonly key: string; readonly name: string }[];
  /** The one that is looked at. */
  readonly environment: string | undefined;
  readonly onClose: () => void;
  readonly onMade: (made: SdkKeyCreated) => void;
}

/** Makes a key: for what kind of program, and where. */
export function NewKeyDialog({ project, environments, environment, onClose, onMade }: NewKeyDialogProps) {
  const create = useCreateSdkKey(project);
  const first =
    environments.find(({ key }) => key === environment) ?? (environments.length === 1 ? environments[0] : undefined);
  const form = useForm({
    initial: beginKey(first?.key),
    check: (values) => keyFormProblems(values, new Date()),
    send: async (values) => onMade(await create.mutateAsync(toKeyCreate(values, new Date()))),
    explain: (error) =>
      formFailure(error, {
        kind: '$.kind',
        name: '$.name',
        environments: '$.environments',
        origins: '$.origins',
        rateLimit: '$.rateLimit',
        date: '$.expiresAt',
        expiry: '$.expiresAt',
      }),
  });
  const { values, errors } = form;
  const options = environments.map(({ key, name }) => ({
    value: key,
    label: name,
    mark: <Dot hue={environmentHue(key)} />,
  }));
  return (
    <FormDialog open onClose={onClose} title="New SDK key" form={form} action="Create the key">
      <RadioGroup
        aria-label="Kind"
        look="cards"
        className="sm:grid-cols-1!"
        value={values.kind}
        onChange={(kind) => form.change(withKind(values, kind))}
        options={KINDS.map(({ kind, label, hint }) => ({ value: kind, label, hint }))}
      />
      <Field label="Name" hint="What uses it." error={errors.name}>
        <TextInput value={values.name} onChange={form.set('name')} maxLength={256} placeholder="Checkout service" />
      </Field>
      <Place form={form} options={options} />
      {values.kind === 'client' && (
        <Field
          label="Origins"
          optional
          hint="Pages that may use it, such as https://shop.example.com. None: any page."
          error={errors.origins}
        >
          <MultiCombobox
            value={values.origins}
            onChange={form.set('origins')}
            options={[]}
            allowNew
            placeholder="https://shop.example.com"
            empty="Type an origin, then Enter."
          />
        </Field>
      )}
      <Field
        label="Requests a second"
        optional
        hint="At most. What is more is refused for a moment. Empty: what the server allows every key, usually 5,000."
        error={errors.rateLimit}
      >
        <TextInput
          value={values.rateLimit}
          onChange={form.set('rateLimit')}
          inputMode="numeric"
          maxLength={7}
          placeholder="5000"
        />
      </Field>
      <ExpiryFields value={values} onChange={form.change} errors={errors} />
    </FormDialog>
  );
}

function Place({ form, options }: { readonly form: Form<KeyForm>; readonly options: readonly Option[] }) {
  const { values, errors } = form;
  return values.kind === 'relay' ? (
    <Field label="Environments" error={errors.environments}>
      <MultiCombobox
        value={values.environments}
        onChange={form.set('environments')}
        options={options}
        placeholder="Choose one or more"
      />
    </Field>
  ) : (
    <Field label="Environment" error={errors.environments}>
      <Select
        value={values.environments[0] ?? null}
        onChange={(key) => form.change({ environments: [key] })}
        options={options}
        placeholder="Choose one"
        className="w-full"
      />
    </Field>
  );
}
