/** A connection as it is filled in. */
import { deriveKey, keyProblem } from '../../api/key-text.ts';
import type { Connection, ConnectionCreate, ConnectionEdit, Grant } from '../../api/openapi.d.ts';
import { fieldErrors } from '../../ui/form-state.ts';

export interface GroupGrant {
  readonly group: string;
  readonly grant: Grant;
}

export interface ConnectionDraft {
  readonly name: string;
  /** Null: follows from the name. */
  readonly ownKey: string | null;
  readonly issuer: string;
  readonly clientId: string;
  /** Empty: the one that is kept stays. */
  readonly clientSecret: string;
  readonly domains: readonly string[];
  /** Whether whom nobody invited gets an account. */
  readonly provision: boolean;
  /** What such an account gets; null while it is not complete. */
  readonly grants: readonly Grant[] | null;
  readonly byGroups: boolean;
  readonly claim: string;
  readonly groups: readonly GroupGrant[] | null;
}

export const NEW_CONNECTION: ConnectionDraft = {
  name: '',
  ownKey: null,
  issuer: '',
  clientId: '',
  clientSecret: '',
  domains: [],
  provision: false,
  grants: [],
  byGroups: false,
  claim: 'groups',
  groups: [],
};

export function draftOf(connection: Connection): ConnectionDraft {
  return {
    name: connection.name,
    ownKey: connection.key,
    issuer: connection.issuer,
    clientId: connection.clientId,
    clientSecret: '',
    domains: connection.domains,
    provision: connection.provision,
    grants: connection.grants,
    byGroups: connection.groups !== null,
    claim: connection.groups?.claim ?? NEW_CONNECTION.claim,
    groups: connection.groups?.grants ?? [],
  };
}

export function keyOf({ name, ownKey }: Pick<ConnectionDraft, 'name' | 'ownKey'>): string {
  return ownKey ?? deriveKey(name);
}

/** What the provider sends people back to; has to be registered there to the letter. */
export function redirectUri(origin: string, key: string): string {
  return `${origin}/api/v1/sign-in/${key}/callback`;
}

export type DraftErrors = { readonly [field in keyof ConnectionDraft]?: string };

/** What is wrong before it is sent. `isNew`: the secret has to be there. */
export function checkDraft(draft: ConnectionDraft, isNew: boolean): DraftErrors {
  const name = draft.name.trim() === '' ? 'Give it a name: the sign-in page says “Continue with …”.' : null;
  return fieldErrors<keyof ConnectionDraft>({
    name,
    // A missing name has been said already.
    ownKey: name !== null && draft.ownKey === null ? null : keyProblem(keyOf(draft)),
    issuer: issuerProblem(draft.issuer),
    clientId: draft.clientId.trim() === '' ? 'Write the client ID that the provider gave to this program.' : null,
    clientSecret:
      isNew && draft.clientSecret.trim() === ''
        ? 'Write the client secret that the provider gave to this program.'
        : null,
    domains: domainsProblem(draft.domains),
    provision: null,
    grants: draft.provision && draft.grants === null ? 'Complete the roles above.' : null,
    byGroups: null,
    claim:
      draft.byGroups && draft.claim.trim() === '' ? 'Write the name of the claim that holds a person’s groups.' : null,
    groups: draft.byGroups ? groupsProblem(draft.groups) : null,
  });
}

export function toCreate(draft: ConnectionDraft): ConnectionCreate {
  return {
    key: keyOf(draft),
    issuer: draft.issuer.trim(),
    clientSecret: draft.clientSecret.trim(),
    ...edited(draft),
  };
}

/** The issuer stays: people are known by what one provider calls them. */
export function toEdit(draft: ConnectionDraft): ConnectionEdit {
  const secret = draft.clientSecret.trim();
  return { ...edited(draft), ...(secret === '' ? {} : { clientSecret: secret }) };
}

function edited(draft: ConnectionDraft) {
  return {
    name: draft.name.trim(),
    clientId: draft.clientId.trim(),
    domains: draft.domains.map((domain) => domain.toLowerCase()),
    provision: draft.provision,
    grants: draft.provision ? [...(draft.grants ?? [])] : [],
    groups: draft.byGroups ? { claim: draft.claim.trim(), grants: [...(draft.groups ?? [])] } : null,
  };
}

function issuerProblem(issuer: string): string | null {
  const text = issuer.trim();
  if (text === '') return 'Write the provider’s issuer URL.';
  if (!URL.canParse(text)) return 'An issuer is a whole URL, such as https://login.example.com.';
  const { protocol, search, hash, pathname } = new URL(text);
  if (protocol !== 'https:' && protocol !== 'http:') return 'An issuer is an https:// URL.';
  if (search !== '' || hash !== '') return 'Leave out what begins with ? or #: an issuer has neither.';
  if (pathname.includes('/.well-known/')) return 'Leave out what begins with /.well-known: the server adds it.';
  return null;
}

function domainsProblem(domains: readonly string[]): string | null {
  const wrong = domains.find((domain) => !/^[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+$/.test(domain));
  if (wrong === undefined) return null;
  return wrong.includes('@')
    ? `Write the part after the @ alone, not “${wrong}”.`
    : `“${wrong}” is not a domain such as example.com.`;
}

function groupsProblem(groups: readonly GroupGrant[] | null): string | null {
  if (groups === null) return 'Complete the groups above.';
  return groups.length === 0 ? 'Add a group, or turn this off.' : null;
}
