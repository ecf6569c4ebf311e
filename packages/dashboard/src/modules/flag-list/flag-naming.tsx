import { Field } from '../../ui/field.tsx';
import { TextInput } from '../../ui/text-input.tsx';
import type { FlagProblems, NewFlag, NewFlagEvent } from './new-flag.ts';

export interface FlagPartProps {
  readonly flag: NewFlag;
  readonly problems: FlagProblems;
  readonly act: (event: NewFlagEvent) => void;
}

/** The name for people and the key for programs. */
export function FlagNaming({ flag, problems, act }: FlagPartProps) {
  return (
    <div className="grid gap-4 sm:grid-cols-2">
      <Field label="Name" hint="For people. It can be changed later." error={problems['name']}>
        <TextInput
          value={flag.name}
          onChange={(name) => act({ event: 'name', name })}
          maxLength={256}
          placeholder="New checkout"
          autoFocus
        />
      </Field>
      <Field label="Key" hint="For programs. It never changes, and is never used again." error={problems['key']}>
        <TextInput
          value={flag.key}
          onChange={(key) => act({ event: 'key', key })}
          mono
          placeholder="new-checkout"
          spellCheck={false}
          autoCapitalize="off"
        />
      </Field>
    </div>
  );
}
