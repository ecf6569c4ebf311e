/** Connections: OpenID Connect providers that people sign in with. */
import { type Static, Type } from 'typebox';
import { GrantSchema } from './access.ts';
import { closed, Key, Name, ref, Timestamp } from './basis.ts';

const Issuer = Type.String({
  maxLength: 1_024,
  description: 'The provider’s issuer URL, https. What is below `/.well-known/openid-configuration` there is read.',
});
const ClientId = Type.String({ minLength: 1, maxLength: 512 });
const ClientSecret = Type.String({
  minLength: 1,
  maxLength: 1_024,
  description: 'Kept sealed, and never shown again.',
});
const Domains = Type.Array(
  Type.String({
    maxLength: 253,
    pattern: '^[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?(\\.[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)+$',
  }),
  {
    maxItems: 50,
    uniqueItems: true,
    description:
      'Whose e-mail addresses are taken from this provider. Empty: all of them; then the provider can open the account of everybody whose e-mail it calls verified.',
  },
);
const Provision = Type.Boolean({
  description:
    'Whether somebody whom nobody has invited gets an account. Otherwise only those with an account or an invitation come in.',
});
const Grants = Type.Array(ref(GrantSchema), {
  maxItems: 50,
  description: 'Of accounts that this connection makes without an invitation.',
});

/** What a group of the provider gives, at each sign-in. */
export const ConnectionGroupsSchema = Type.Object(
  {
    claim: Type.String({ minLength: 1, maxLength: 128, description: 'The claim with the names of a person’s groups.' }),
    grants: Type.Array(
      Type.Object({ group: Type.String({ minLength: 1, maxLength: 256 }), grant: ref(GrantSchema) }, closed),
      { maxItems: 200 },
    ),
  },
  {
    $id: 'ConnectionGroups',
    description:
      'At each sign-in the grants of a person’s groups are added, and those taken away that groups of this connection gave before and give no more. A grant that somebody gave by hand for the same place stays as it is. Of several groups with a grant for one place the highest role counts.',
    ...closed,
  },
);
const Groups = Type.Union([ref(ConnectionGroupsSchema), Type.Null()]);

export const ConnectionSchema = Type.Object(
  {
    key: Key,
    name: Name,
    issuer: Issuer,
    clientId: ClientId,
    domains: Domains,
    provision: Provision,
    grants: Grants,
    groups: Groups,
    callbackPath: Type.String({
      description: 'Of the redirect URI to register at the provider, after this server’s address.',
    }),
    createdAt: Timestamp,
    archivedAt: Type.Union([Timestamp, Type.Null()]),
    version: Type.Integer({ minimum: 1, description: 'Also the ETag, in quotes.' }),
  },
  { $id: 'Connection', ...closed },
);
export const ConnectionCreateSchema = Type.Object(
  {
    key: Key,
    name: Name,
    issuer: Issuer,
    clientId: ClientId,
    clientSecret: ClientSecret,
    domains: Type.Optional(Domains),
    provision: Type.Optional(Provision),
    grants: Type.Optional(Grants),
    groups: Type.Optional(Groups),
  },
  { $id: 'ConnectionCreate', ...closed },
);
export const ConnectionEditSchema = Type.Object(
  {
    name: Type.Optional(Name),
    clientId: Type.Optional(ClientId),
    clientSecret: Type.Optional(ClientSecret),
    domains: Type.Optional(Domains),
    provision: Type.Optional(Provision),
    grants: Type.Optional(Grants),
    groups: Type.Optional(Groups),
  },
  {
    $id: 'ConnectionEdit',
    description:
      'The issuer stays: people are known by what one provider calls them. Another provider is another connection.',
    minProperties: 1,
    ...closed,
  },
);

/** Why a sign-in with a connection ended at `/sign-in?problem=…`, beside the codes of refusals. */
export const CONNECTION_PROBLEMS = [
  'connection_unknown',
  'connection_expired',
  'provider_unavailable',
  'provider_refused',
  'provider_answer_invalid',
  'email_unverified',
  'domain_not_allowed',
  'person_unknown',
  'person_disabled',
] as const;
export type ConnectionProblem = (typeof CONNECTION_PROBLEMS)[number];

export type Connection = Static<typeof ConnectionSchema>;
export type ConnectionCreate = Static<typeof ConnectionCreateSchema>;
export type ConnectionEdit = Static<typeof ConnectionEditSchema>;
export type ConnectionGroups = Static<typeof ConnectionGroupsSchema>;
