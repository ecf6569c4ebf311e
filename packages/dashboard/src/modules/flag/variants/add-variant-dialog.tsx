import type { JsonValue } from '@flaghoist/evaluator';
import { useId, useState } from 'react';
import { ApiProblem, failureOf } from '../../../api/problem.ts';
import type { Flag } from '../../../api/openapi.d.ts';
import { useEditFlag } from '../../../api/queries/flags.ts';
import { useQueryClient } from '@tanstack/react-query';
import { keys } from '../../../api/queries/keys.ts';
import { Button } from '../../../ui/button.tsx';
import { Dialog } from '../../../ui/dialog.tsx';
import { ErrorNote } from '../../../ui/error-note.tsx';
import { Field } from '../../../ui/field.tsx';
import { TextInput } from '../../../ui/text-input.tsx';
import { showToast } from '../../../ui/toast.tsx';
import { ValueInput } from './value-input.tsx';

const EMPTY = { boolean: false, string: '', number: 0, object: {} } as const;

/** A variant belongs to the flag: it comes into every environment at once, with the same value to begin with. */
export function AddVariantDialog({ flag, onClose }: { readonly flag: Flag; readonly onClose: () => void }) {
  const form = useId();
  const client = useQueryClient();
  const [name, setName] = useState('');
  const [value, setValue] = useState<JsonValue>(EMPTY[flag.type]);
  const edit = useEditFlag(flag.project, flag.key);
  const known = flag.variants.includes(name);
  const fieldError = edit.error instanceof ApiProblem ? edit.error.of('addVariants') : null;

  function add(): void {
    edit.mutate(
      { version: flag.version, body: { addVariants: { [name]: value } } },
      {
        onSuccess: () => {
          void client.invalidateQueries({ queryKey: keys.configurations(flag.project, flag.key) });
          showToast({
            title: `Variant ${name} is there`,
            detail: 'In every environment. Nobody gets it until it is served.',
            tone: 'on',
          });
          onClose();
        },
      },
    );
  }

  return (
    <Dialog
      open
      onClose={onClose}
      title="Add a variant"
      description="In every environment at once. It cannot be removed later, because code and counts may know it."
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button tone="primary" type="submit" form={form} loading={edit.isPending} disabled={name === '' || known}>
            Add
          </Button>
        </>
      }
    >
      <form
        id={form}
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          if (name !== '' && !known) add();
        }}
      >
        {edit.error !== null && fieldError === null && <ErrorNote failure={failureOf(edit.error)} />}
        <Field
          label="Name"
          error={known ? `The flag has a variant ${name} already.` : fieldError}
          hint="Letters, digits, dot, underscore, hyphen."
        >
          <TextInput mono value={name} onChange={setName} placeholder="large" autoCapitalize="off" spellCheck={false} />
        </Field>
        <div className="flex flex-col gap-1.5">
          <span className="text-sm font-medium">Value</span>
          <ValueInput
            type={flag.type}
            name={name === '' ? 'the new variant' : name}
            value={value}
            onChange={setValue}
          />
        </div>
      </form>
    </Dialog>
  );
}
