import { useState } from 'react';
import { Callout } from '../../ui/callout.tsx';
import { CopyText } from '../../ui/copy-text.tsx';
import { Field } from '../../ui/field.tsx';
import { PasswordInput } from '../../ui/password-input.tsx';
import { Section } from '../../ui/section.tsx';
import { Select } from '../../ui/select.tsx';
import { TextInput } from '../../ui/text-input.tsx';
import type { Form } from '../../ui/use-form.ts';
import { type ConnectionDraft, keyOf, redirectUri } from './connection-draft.ts';
import { PROVIDERS, type Provider, providerOf } from './providers.ts';

const CHOICES = PROVIDERS.map(({ key, name }) => ({ value: key, label: name }));

export interface ProviderFieldsProps {
  readonly form: Form<ConnectionDraft>;
  readonly isNew: boolean;
}

/** What the provider has to know, and what it gives. */
export function ProviderFields({ form: { values, errors, set }, isNew }: ProviderFieldsProps) {
  const [chosen, setChosen] = useState<string | null>(null);
  const provider = PROVIDERS.find(({ key }) => key === chosen) ?? providerOf(values.issuer);
  const key = keyOf(values);
  return (
    <Section title="The provider">
      <div className="grid gap-4 sm:grid-cols-2">
        <Field label="Name" hint="On the sign-in page: “Continue with …”" error={errors.name}>
          <TextInput value={values.name} onChange={set('name')} placeholder="Acme ID" maxLength={256} autoFocus />
        </Field>
        <Field
          label="Key"
          hint={isNew ? 'Part of the redirect URI. It stays as it is.' : 'It stays as it is.'}
          error={errors.ownKey}
        >
          <TextInput
            value={key}
            onChange={set('ownKey')}
            mono
            spellCheck={false}
            autoCapitalize="off"
            disabled={!isNew}
          />
        </Field>
      </div>
      <Guide
        provider={provider}
        onChoose={setChosen}
        redirect={key === '' ? null : redirectUri(window.location.origin, key)}
      />
      <Field
        label="Issuer"
        hint={
          isNew
            ? `Looks like ${provider.issuer}`
            : 'It stays: people are known by what this provider calls them. Another provider is another connection.'
        }
        error={errors.issuer}
      >
        <TextInput
          value={values.issuer}
          onChange={set('issuer')}
          type="url"
          inputMode="url"
          mono
          spellCheck={false}
          autoCapitalize="off"
          disabled={!isNew}
        />
      </Field>
      <div className="grid gap-4 sm:grid-cols-2">
        <Field label="Client ID" error={errors.clientId}>
          <TextInput
            value={values.clientId}
            onChange={set('clientId')}
            mono
            spellCheck={false}
            autoCapitalize="off"
            maxLength={512}
          />
        </Field>
        <Field
          label="Client secret"
          hint={isNew ? 'Kept sealed. It is not shown again.' : 'Empty: the one that is kept stays.'}
          error={errors.clientSecret}
        >
          <PasswordInput
            value={values.clientSecret}
            onChange={set('clientSecret')}
            autoComplete="off"
            maxLength={1024}
          />
        </Field>
      </div>
    </Section>
  );
}

interface GuideProps {
  readonly provider: Provider;
  readonly onChoose: (provider: string) => void;
  /** Null while there is no key yet. */
  readonly redirect: string | null;
}

/** What to do at the provider, and what it has to be told. */
function Guide({ provider, onChoose, redirect }: GuideProps) {
  return (
    <>
      <Field label="Kind of provider" hint="Only for the guide below.">
        <Select value={provider.key} onChange={onChoose} options={CHOICES} className="sm:w-72" />
      </Field>
      <Callout title="At the provider">
        <p>{provider.steps}</p>
        <p className="mt-2">Redirect URI:</p>
        {redirect === null ? (
          <p className="text-faint">It stands here as soon as there is a name.</p>
        ) : (
          <CopyText text={redirect} label="the redirect URI" className="-ml-1" />
        )}
      </Callout>
    </>
  );
}
