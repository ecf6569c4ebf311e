/** People, how they sign in, and how a new one gets in. */
import { type Static, Type } from 'typebox';
import { GrantSchema } from './access.ts';
import { closed, Key, Name, ref, Timestamp } from './basis.ts';

const orNull = <T extends ReturnType<typeof Type.String>>(schema: T) => Type.Union([schema, Type.Null()]);
const Id = Type.String({ description: 'A UUID.' });
const Email = Type.String({
  maxLength: 254,
  pattern: "^[A-Za-z0-9.!#$%&'*+/=?^_{|}~-]{1,64}@[A-Za-z0-9]([A-Za-z0-9.-]{0,188}[A-Za-z0-9])?$",
  description: 'Upper and lower case are one.',
});
/** Longer than any password may be, so that the reason for a refusal is the password's own. */
const Password = Type.String({ minLength: 1, maxLength: 4_096 });
const NewPassword = Type.String({
  minLength: 1,
  maxLength: 4_096,
  description: '12 to 1,024 characters, after Unicode normalisation (NFKC).',
});
const Secret = Type.String({ maxLength: 256, description: 'What stands after the # of the link.' });
const Code = Type.String({
  minLength: 6,
  maxLength: 32,
  description: 'Six digits of the authenticator app, or a recovery code.',
});
const Grants = Type.Array(ref(GrantSchema), { maxItems: 200 });

export const SignInOptionsSchema = Type.Object(
  {
    isSetUp: Type.Boolean({ description: 'False: the setup link makes the first account.' }),
    connections: Type.Array(Type.Object({ key: Key, name: Name }, closed)),
    version: Type.String(),
    secure: Type.Boolean({ description: 'Whether signing in is allowed at the address of this request.' }),
    problem: orNull(Type.String({ description: 'Why it is not, and what to do.' })),
  },
  { $id: 'SignInOptions', ...closed },
);
export const SetupAccountSchema = Type.Object(
  { setup: Secret, email: Email, name: Name, password: NewPassword },
  { $id: 'SetupAccount', ...closed },
);
export const SessionSchema = Type.Object(
  {
    person: Type.Object({ id: Id, email: Type.String(), name: Name, totp: Type.Boolean() }, closed),
    grants: Type.Array(ref(GrantSchema)),
    csrf: Type.String({ description: 'Send it as `flaghoist-csrf` with every request that is not GET or HEAD.' }),
    expiresAt: Timestamp,
  },
  { $id: 'Session', ...closed },
);
export const SignInSchema = Type.Object(
  {
    state: Type.Enum(['signed in', 'code needed']),
    session: Type.Union([ref(SessionSchema), Type.Null()], { description: 'Null while a code is needed.' }),
  },
  { $id: 'SignIn', ...closed },
);
export const SessionCreateSchema = Type.Object(
  { email: Type.String({ maxLength: 254 }), password: Password },
  { $id: 'SessionCreate', ...closed },
);
export const CodeSchema = Type.Object({ code: Code }, { $id: 'Code', ...closed });
export const EndedSchema = Type.Object({ ended: Type.Literal(true) }, { $id: 'Ended', ...closed });
export const SessionEntrySchema = Type.Object(
  {
    id: Id,
    userAgent: Type.String(),
    address: Type.String(),
    createdAt: Timestamp,
    lastSeenAt: Timestamp,
    current: Type.Boolean({ description: 'The one that this request was made with.' }),
  },
  { $id: 'SessionEntry', ...closed },
);
export const MeEditSchema = Type.Object({ name: Name }, { $id: 'MeEdit', ...closed });
export const PasswordChangeSchema = Type.Object(
  { current: Password, password: NewPassword },
  { $id: 'PasswordChange', ...closed },
);
export const PasswordSchema = Type.Object({ password: Password }, { $id: 'Password', ...closed });
export const TotpBegunSchema = Type.Object(
  {
    uri: Type.String({ description: 'otpauth://, for a QR code.' }),
    secret: Type.String({ description: 'Base 32, for typing. Shown this once.' }),
    recoveryCodes: Type.Array(Type.String(), { description: 'Each signs in once. Shown this once.' }),
  },
  { $id: 'TotpBegun', ...closed },
);

export const PersonSchema = Type.Object(
  {
    id: Id,
    email: Type.String(),
    name: Name,
    grants: Type.Array(ref(GrantSchema), { description: 'Those that whoever asks administers; all of one’s own.' }),
    totp: Type.Boolean({ description: 'Whether signing in needs a code.' }),
    disabledAt: orNull(Timestamp),
    createdAt: Timestamp,
    lastSeenAt: orNull(Timestamp),
  },
  { $id: 'Person', ...closed },
);
export const PersonEditSchema = Type.Object(
  {
    grants: Type.Optional(Grants),
    disabled: Type.Optional(Type.Boolean()),
    revokeTokens: Type.Optional(
      Type.Boolean({
        description:
          'With `disabled`: whether the tokens are revoked that the person made, and those that were made with these. Absent: they live on.',
      }),
    ),
  },
  { $id: 'PersonEdit', ...closed, minProperties: 1 },
);
export const LinkSchema = Type.Object(
  { link: Type.String({ description: 'Works once. Shown this once.' }), expiresAt: Timestamp },
  { $id: 'Link', ...closed },
);
export const PasswordResetSchema = Type.Object(
  { secret: Secret, password: NewPassword },
  { $id: 'PasswordReset', ...closed },
);

const invitationMembers = {
  id: Id,
  email: Type.String(),
  name: orNull(Name),
  grants: Type.Array(ref(GrantSchema)),
  createdAt: Timestamp,
  createdBy: Type.String(),
  expiresAt: Timestamp,
  acceptedAt: orNull(Timestamp),
  revokedAt: orNull(Timestamp),
} as const;
export const InvitationSchema = Type.Object(invitationMembers, { $id: 'Invitation', ...closed });
export const InvitationCreatedSchema = Type.Object(
  { ...invitationMembers, link: Type.String({ description: 'Works once, for this e-mail. Shown this once.' }) },
  { $id: 'InvitationCreated', ...closed },
);
export const InvitationOfferSchema = Type.Object(
  {
    ...invitationMembers,
    hasAccount: Type.Boolean({ description: 'Somebody with this e-mail is here: accepting takes their password.' }),
  },
  { $id: 'InvitationOffer', ...closed },
);
export const InvitationCreateSchema = Type.Object(
  {
    email: Email,
    name: Type.Optional(Name),
    grants: Type.Array(ref(GrantSchema), { minItems: 1, maxItems: 200 }),
  },
  { $id: 'InvitationCreate', ...closed },
);
export const InvitationReadSchema = Type.Object({ secret: Secret }, { $id: 'InvitationRead', ...closed });
export const InvitationAcceptSchema = Type.Object(
  { secret: Secret, name: Name, password: NewPassword },
  { $id: 'InvitationAccept', ...closed },
);

export type SignInOptions = Static<typeof SignInOptionsSchema>;
export type SetupAccount = Static<typeof SetupAccountSchema>;
export type Session = Static<typeof SessionSchema>;
export type SignIn = Static<typeof SignInSchema>;
export type SessionEntry = Static<typeof SessionEntrySchema>;
export type TotpBegun = Static<typeof TotpBegunSchema>;
export type Person = Static<typeof PersonSchema>;
export type PersonEdit = Static<typeof PersonEditSchema>;
export type Link = Static<typeof LinkSchema>;
export type Invitation = Static<typeof InvitationSchema>;
export type InvitationCreated = Static<typeof InvitationCreatedSchema>;
export type InvitationOffer = Static<typeof InvitationOfferSchema>;
export type InvitationCreate = Static<typeof InvitationCreateSchema>;
