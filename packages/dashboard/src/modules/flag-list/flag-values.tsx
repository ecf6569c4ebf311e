import { Plus, Trash2 } from 'lucide-react';
import { FLAG_TYPE_WORDS } from '../../api/flag-type-words.ts';
import { Button } from '../../ui/button.tsx';
import { Field } from '../../ui/field.tsx';
import { IconButton } from '../../ui/icon-button.tsx';
import { JsonEditor } from '../../ui/json-editor.tsx';
import { RadioGroup } from '../../ui/radio-group.tsx';
import { Section } from '../../ui/section.tsx';
import { Select } from '../../ui/select.tsx';
import { TextInput } from '../../ui/text-input.tsx';
import { KIND_ICONS } from './flag-kind-mark.tsx';
import type { FlagPartProps } from './flag-naming.tsx';
import type { FlagKind } from './flag-search.ts';
import { MOST_VARIANTS, type VariantDraft } from './new-flag.ts';

const KINDS: readonly { readonly value: FlagKind; readonly hint: string }[] = [
  { value: 'boolean', hint: 'True or false: a part of the program that is there or not.' },
  { value: 'string', hint: 'A wording, a colour, the name of an algorithm.' },
  { value: 'number', hint: 'A limit, a price, a time-out.' },
  { value: 'object', hint: 'Several settings that belong together.' },
];
const NOTHING = 'nothing';

/** What the flag answers: its type and its variants. */
export function FlagValues({ flag, problems, act }: FlagPartProps) {
  const options = flag.variants.map(({ id, name }) => ({ value: String(id), label: name === '' ? '(no name)' : name }));
  return (
    <Section
      title="What it answers"
      description="The type never changes. Variants can be added later, and their values edited."
    >
      <RadioGroup
        look="cards"
        aria-label="Type"
        value={flag.type}
        onChange={(type) => act({ event: 'type', type })}
        options={KINDS.map((kind) => {
          const Icon = KIND_ICONS[kind.value];
          return {
            ...kind,
            label: FLAG_TYPE_WORDS[kind.value],
            mark: <Icon className="size-4 text-faint" aria-hidden="true" />,
          };
        })}
      />
      <div className="mt-2 flex flex-col gap-3">
        {flag.variants.map((variant, at) => (
          <VariantFields key={variant.id} flag={flag} problems={problems} act={act} variant={variant} at={at} />
        ))}
        {flag.variants.length < MOST_VARIANTS && flag.type !== 'boolean' && (
          <Button icon={Plus} size="sm" className="self-start" onClick={() => act({ event: 'addVariant' })}>
            Add a variant
          </Button>
        )}
      </div>
      <div className="mt-2 grid gap-4 sm:grid-cols-2">
        <Field label="While it is on, everybody gets" hint="Until rules or a rollout say otherwise.">
          <Select
            value={String(flag.on)}
            onChange={(id) => act({ event: 'serves', when: 'on', id: Number(id) })}
            options={options}
          />
        </Field>
        <Field label="While it is off, everybody gets">
          <Select
            value={flag.off === null ? NOTHING : String(flag.off)}
            onChange={(id) => act({ event: 'serves', when: 'off', id: id === NOTHING ? null : Number(id) })}
            options={[...options, { value: NOTHING, label: 'The caller’s own default' }]}
          />
        </Field>
      </div>
    </Section>
  );
}

function VariantFields({
  flag,
  problems,
  act,
  variant,
  at,
}: FlagPartProps & { readonly variant: VariantDraft; readonly at: number }) {
  const { id, name, text } = variant;
  const type = (next: string) => act({ event: 'variant', id, text: next });
  const value = (
    <Field
      label={`Value of variant ${at + 1}`}
      hideLabel={at > 0 && flag.type !== 'object'}
      error={problems[`variant ${id} value`]}
    >
      {flag.type === 'object' ? (
        <JsonEditor
          value={text}
          onChange={type}
          aria-label={`Value of variant ${at + 1}`}
          rows={4}
          invalid={problems[`variant ${id} value`] !== undefined}
        />
      ) : (
        <TextInput
          value={text}
          onChange={type}
          mono
          disabled={flag.type === 'boolean'}
          inputMode={flag.type === 'number' ? 'decimal' : undefined}
        />
      )}
    </Field>
  );
  return (
    <div className="grid items-start gap-x-3 gap-y-2 sm:grid-cols-[12rem_minmax(0,1fr)_2rem]">
      <Field
        label={`Variant ${at + 1}`}
        hideLabel={at > 0 && flag.type !== 'object'}
        error={problems[`variant ${id} name`]}
      >
        <TextInput
          value={name}
          onChange={(next) => act({ event: 'variant', id, name: next })}
          mono
          spellCheck={false}
          autoCapitalize="off"
        />
      </Field>
      {value}
      {flag.type !== 'boolean' && (
        <IconButton
          label={`Remove variant ${name}`}
          icon={Trash2}
          disabled={flag.variants.length < 2}
          className={at === 0 || flag.type === 'object' ? 'sm:mt-6.5' : undefined}
          onClick={() => act({ event: 'removeVariant', id })}
        />
      )}
    </div>
  );
}
