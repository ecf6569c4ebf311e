import type { FlagFacets } from '../../api/openapi.d.ts';
import { Checkbox } from '../../ui/checkbox.tsx';
import { Combobox } from '../../ui/combobox.tsx';
import { Field } from '../../ui/field.tsx';
import { MultiCombobox } from '../../ui/multi-combobox.tsx';
import { Section } from '../../ui/section.tsx';
import { TextArea } from '../../ui/text-area.tsx';
import type { FlagPartProps } from './flag-naming.tsx';

/** What people want to know about it later. */
export function FlagDetails({
  flag,
  problems,
  act,
  facets,
}: FlagPartProps & { readonly facets: FlagFacets | undefined }) {
  return (
    <Section title="About it">
      <Field label="Description" optional error={problems['description']}>
        <TextArea
          value={flag.description}
          onChange={(description) => act({ event: 'set', set: { description } })}
          placeholder="What it changes, and when it can go."
        />
      </Field>
      <div className="grid gap-4 sm:grid-cols-2">
        <Field label="Tags" optional error={problems['tags']}>
          <MultiCombobox
            value={flag.tags}
            onChange={(tags) => act({ event: 'set', set: { tags } })}
            options={(facets?.tags ?? []).map(({ value }) => ({ value, label: value }))}
            allowNew
            placeholder="checkout"
          />
        </Field>
        <Field label="Owner" optional hint="A person or a team." error={problems['owner']}>
          <Combobox
            value={flag.owner === '' ? null : flag.owner}
            onChange={(owner) => act({ event: 'set', set: { owner: owner ?? '' } })}
            options={(facets?.owners ?? []).map(({ value }) => ({ value, label: value }))}
            allowNew
            placeholder="Nobody"
          />
        </Field>
      </div>
      <Checkbox
        checked={flag.clientVisible}
        onChange={(clientVisible) => act({ event: 'set', set: { clientVisible } })}
        label="Browsers and apps may ask for it"
        hint="Then everybody who has a client key can read its answers. Leave it out for what only your servers need."
      />
    </Section>
  );
}
