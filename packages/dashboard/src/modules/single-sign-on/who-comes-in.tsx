import { Callout } from '../../ui/callout.tsx';
import { Field } from '../../ui/field.tsx';
import { MultiCombobox } from '../../ui/multi-combobox.tsx';
import { Section } from '../../ui/section.tsx';
import { Switch } from '../../ui/switch.tsx';
import { TextInput } from '../../ui/text-input.tsx';
import type { Form } from '../../ui/use-form.ts';
import type { ConnectionDraft } from './connection-draft.ts';
import type { RoleEditors } from './slots.ts';

export interface WhoComesInProps {
  readonly form: Form<ConnectionDraft>;
  readonly editors: RoleEditors;
}

/** Who may sign in with a connection, and which roles that gives them. */
export function WhoComesIn({
  form: { values, errors, set },
  editors: { GrantsField, GroupGrantsField },
}: WhoComesInProps) {
  return (
    <Section title="Who comes in">
      <Field
        label="Domains"
        hint="Whose e-mail addresses are taken from this provider, such as example.com."
        error={errors.domains}
      >
        <MultiCombobox
          value={values.domains}
          onChange={set('domains')}
          options={[]}
          allowNew
          mono
          placeholder="All"
          empty="Write a domain and press Enter."
        />
      </Field>
      {values.domains.length === 0 && (
        <Callout tone="warn" title="Without a domain the provider speaks for everybody">
          It can open the account of anyone whose address it calls verified. Leave it empty only for a provider of your
          own.
        </Callout>
      )}
      <Switch
        checked={values.provision}
        onChange={set('provision')}
        label="Create accounts for people whom nobody has invited"
        hint="Otherwise only those with an account or an invitation come in."
      />
      {values.provision && (
        <GrantsField
          legend="What such an account gets"
          initial={values.grants ?? []}
          onChange={set('grants')}
          error={errors.grants}
          empty="No role: they can sign in and see nothing until somebody gives them one."
        />
      )}
      <Switch
        checked={values.byGroups}
        onChange={set('byGroups')}
        label="Give roles by the provider’s groups"
        hint="At each sign-in roles are added and taken away as the groups say. Roles given by hand stay."
      />
      {values.byGroups && (
        <>
          <Field
            label="Claim"
            hint="The member of the provider’s answer that lists a person’s groups."
            error={errors.claim}
          >
            <TextInput
              value={values.claim}
              onChange={set('claim')}
              mono
              spellCheck={false}
              autoCapitalize="off"
              maxLength={128}
              className="sm:w-72"
            />
          </Field>
          <GroupGrantsField initial={values.groups ?? []} onChange={set('groups')} error={errors.groups} />
        </>
      )}
    </Section>
  );
}
