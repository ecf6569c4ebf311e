import type { JsonValue } from '@flaghoist/evaluator';
import { formFailure } from '../../../api/form-failure.ts';
import type { Flag } from '../../../api/openapi.d.ts';
import { useEditFlag } from '../../../api/queries/flags.ts';
import { useQueryClient } from '@tanstack/react-query';
import { keys } from '../../../api/queries/keys.ts';
import { Field } from '../../../ui/field.tsx';
import { FormDialog } from '../../../ui/form-dialog.tsx';
import { TextInput } from '../../../ui/text-input.tsx';
import { showToast } from '../../../ui/toast.tsx';
import { useForm } from '../../../ui/use-form.ts';
import { ValueInput } from './value-input.tsx';

const EMPTY = { boolean: false, string: '', number: 0, object: {} } as const;

/** A variant belongs to the flag: it comes into every environment at once, with the same value to begin with. */
export function AddVariantDialog({ flag, onClose }: { readonly flag: Flag; readonly onClose: () => void }) {
  const client = useQueryClient();
  const edit = useEditFlag(flag.project, flag.key);
  const form = useForm<{ readonly name: string; readonly value: JsonValue }>({
    initial: { name: '', value: EMPTY[flag.type] },
    send: async ({ name, value }) => {
      await edit.mutateAsync({ version: flag.version, body: { addVariants: { [name]: value } } });
      void client.invalidateQueries({ queryKey: keys.configurations(flag.project, flag.key) });
      showToast({
        title: `Variant ${name} is there`,
        detail: 'In every environment. Nobody gets it until it is served.',
        tone: 'on',
      });
      onClose();
    },
    explain: (error) => formFailure(error, { name: '$.addVariants' }),
  });
  const { name, value } = form.values;
  const isKnown = flag.variants.includes(name);
  return (
    <FormDialog
      open
      onClose={onClose}
      title="Add a variant"
      description="In every environment at once. It cannot be removed later, because code and counts may know it."
      form={form}
      action="Add"
      disabled={name === '' || isKnown}
    >
      <Field
        label="Name"
        error={isKnown ? `The flag has a variant ${name} already.` : form.errors.name}
        hint="Letters, digits, dot, underscore, hyphen."
      >
        <TextInput
          mono
          value={name}
          onChange={form.set('name')}
          placeholder="large"
          autoCapitalize="off"
          spellCheck={false}
        />
      </Field>
      <div className="flex flex-col gap-1.5">
        <span className="text-sm font-medium">Value</span>
        <ValueInput
          type={flag.type}
          name={name === '' ? 'the new variant' : name}
          value={value}
          onChange={form.set('value')}
        />
      </div>
    </FormDialog>
  );
}
