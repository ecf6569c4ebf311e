/** Setup, tokens and SDK keys. */
import { KEY_PATTERN } from '@flaghoist/evaluator';
import { MAX_RATE_LIMIT } from '../keys/index.ts';
import { type Static, Type } from 'typebox';
import { closed, Key, Name, Timestamp } from './basis.ts';

export const KeyKindSchema = Type.Enum(['server', 'client', 'relay']);
const RateLimit = Type.Union([Type.Integer({ minimum: 1, maximum: MAX_RATE_LIMIT }), Type.Null()], {
  description:
    'Requests a second, of each kind (evaluations, rulesets, streams, exposure batches), that one edge answers. Null: what it allows every key.',
});
const keyMembers = {
  id: Type.String(),
  kind: KeyKindSchema,
  name: Name,
  environments: Type.Array(Key),
  origins: Type.Array(Type.String({ maxLength: 256 })),
  createdAt: Timestamp,
  createdBy: Type.String(),
  expiresAt: Type.Union([Timestamp, Type.Null()]),
  revokedAt: Type.Union([Timestamp, Type.Null()]),
  rateLimit: RateLimit,
  lastUsedAt: Type.Union([Timestamp, Type.Null()], {
    description: 'To the minute; known here some 15 seconds after the use. Null: never, or before this was noted.',
  }),
} as const;
export const SdkKeySchema = Type.Object(keyMembers, { $id: 'SdkKey', ...closed });
export const SdkKeyCreatedSchema = Type.Object(
  { ...keyMembers, secret: Type.String({ description: 'The key itself. It is shown this once.' }) },
  { $id: 'SdkKeyCreated', ...closed },
);
export const SdkKeyCreateSchema = Type.Object(
  {
    kind: KeyKindSchema,
    name: Type.Optional(Name),
    environments: Type.Array(Key, {
      minItems: 1,
      maxItems: 100,
      uniqueItems: true,
      description: 'One; several for a relay key.',
    }),
    origins: Type.Optional(
      Type.Array(Type.String({ pattern: '^https?://[^/\\s]{1,240}$' }), {
        maxItems: 50,
        uniqueItems: true,
        description: 'Client keys only.',
      }),
    ),
    expiresAt: Type.Optional(Timestamp),
    rateLimit: Type.Optional(RateLimit),
  },
  { $id: 'SdkKeyCreate', ...closed },
);
export const SdkKeyEditSchema = Type.Object(
  {
    rateLimit: Type.Optional(RateLimit),
    environments: Type.Optional(
      Type.Array(Key, {
        minItems: 1,
        maxItems: 100,
        uniqueItems: true,
        description: 'Relay keys only: all that it lists from now on.',
      }),
    ),
  },
  { $id: 'SdkKeyEdit', minProperties: 1, ...closed },
);

export const RoleSchema = Type.Enum(['viewer', 'editor', 'admin']);
const tokenMembers = {
  id: Type.String(),
  name: Name,
  role: RoleSchema,
  project: Type.Union([Key, Type.Null()], { description: 'Null: every project.' }),
  environment: Type.Union([Key, Type.Null()], { description: 'Null: every environment.' }),
  createdAt: Timestamp,
  createdBy: Type.String(),
  createdById: Type.Union([Type.String(), Type.Null()], {
    description: '`person:…` or `token:…`; null for the token of the setup.',
  }),
  expiresAt: Type.Union([Timestamp, Type.Null()]),
  revokedAt: Type.Union([Timestamp, Type.Null()]),
} as const;
export const TokenSchema = Type.Object(tokenMembers, { $id: 'Token', ...closed });
export const TokenCreatedSchema = Type.Object(
  { ...tokenMembers, secret: Type.String({ description: 'The token itself. It is shown this once.' }) },
  { $id: 'TokenCreated', ...closed },
);
export const TokenCreateSchema = Type.Object(
  {
    name: Name,
    role: RoleSchema,
    project: Type.Optional(Key),
    environment: Type.Optional(
      Type.String({ pattern: KEY_PATTERN, description: 'Of the project, which must be named too.' }),
    ),
    expiresAt: Type.Optional(Timestamp),
  },
  { $id: 'TokenCreate', ...closed },
);
export const SetupSchema = Type.Object(
  {
    setup: Type.String({ maxLength: 256, description: 'The secret after the # of the setup link.' }),
    name: Type.Optional(Name),
  },
  { $id: 'Setup', ...closed },
);

/** A role in the installation, in a project, or in one environment of it. */
export const GrantSchema = Type.Object(
  {
    role: RoleSchema,
    project: Type.Union([Key, Type.Null()], { description: 'Null: every project and the installation itself.' }),
    environment: Type.Union([Key, Type.Null()], { description: 'Null: the whole project.' }),
  },
  { $id: 'Grant', ...closed },
);

export type Grant = Static<typeof GrantSchema>;
export type SdkKey = Static<typeof SdkKeySchema>;
export type SdkKeyCreated = Static<typeof SdkKeyCreatedSchema>;
export type SdkKeyEdit = Static<typeof SdkKeyEditSchema>;
export type SdkKeyCreate = Static<typeof SdkKeyCreateSchema>;
export type Role = Static<typeof RoleSchema>;
export type Token = Static<typeof TokenSchema>;
export type TokenCreated = Static<typeof TokenCreatedSchema>;
export type TokenCreate = Static<typeof TokenCreateSchema>;
