/**
 * The sign-in library (better-auth), behind what we use of it. None of its HTTP endpoints is mounted, it is loaded when it
 * is first needed, it sends nothing anywhere and logs nothing.
 *
 * With a `tx` its writes belong to that transaction. Passwords are hashed and verified outside of one.
 */
import { randomUUID } from 'node:crypto';
import { randomBytes } from '@flaghoist/runtime/crypto';
import type { Db, Tx } from '../../platform/database.ts';
import { connectLibrary, within } from './auth-connection.ts';
import type { Cookies } from './cookies.ts';
import type { PasswordHasher } from './passwords.ts';

export interface KnownPerson {
  readonly id: string;
  readonly email: string;
  readonly name: string;
  readonly isDisabled: boolean;
  readonly lastSeenAt: Date | null;
}

export interface KnownSession {
  readonly id: string;
  readonly token: string;
  readonly createdAt: Date;
  /** Moves on while the session is used. */
  readonly expiresAt: Date;
}

export interface AuthEngine {
  /**
   * Who a session cookie belongs to; null when it is not signed by us, unknown, or was not used for too long. The session
   * lasts longer after it, unless this is a look.
   */
  recognise(
    signed: string,
    how: { readonly isLook: boolean },
  ): Promise<{ readonly person: KnownPerson; readonly session: KnownSession } | null>;
  findByEmail(email: string): Promise<{ readonly person: KnownPerson; readonly passwordHash: string | null } | null>;
  hash(password: string): Promise<string>;
  verify(password: string, hash: string): Promise<boolean>;
  createPerson(
    tx: Tx,
    person: { readonly email: string; readonly name: string },
    passwordHash: string,
  ): Promise<string>;
  setPassword(tx: Tx, personId: string, passwordHash: string): Promise<void>;
  createSession(tx: Tx, personId: string, from: Visitor): Promise<KnownSession>;
  endSessions(tx: Tx, personId: string): Promise<void>;
  /** A ticket for whoever has the password right and has a code to show. */
  beginSecondStep(tx: Tx, personId: string): Promise<string>;
  personInSecondStep(ticket: string): Promise<string | null>;
  /** False: it was ended before. */
  endSecondStep(tx: Tx, ticket: string): Promise<boolean>;
}

export interface Visitor {
  readonly address: string;
  readonly userAgent: string;
}

export const IDLE_SECONDS = 7 * 24 * 3_600;
/** How old the note of a session's use may be: a write for every request would be too many. */
export const SEEN_EVERY_SECONDS = 300;
export const SECOND_STEP_SECONDS = 600;
const CREDENTIAL = 'credential';

interface EngineDeps {
  readonly db: Db;
  readonly key: string;
  readonly cookies: Cookies;
  readonly hasher: PasswordHasher;
}

export function createAuthEngine(deps: EngineDeps): AuthEngine {
  let loading: ReturnType<typeof load> | undefined;
  const library = (): ReturnType<typeof load> => (loading ??= load(deps));
  const people = async () => (await (await library()).$context).internalAdapter;

  return {
    ...readingOf(deps, library, people),
    hash: async (password) => (await (await library()).$context).password.hash(password),
    verify: async (password, hash) => (await (await library()).$context).password.verify({ password, hash }),

    async createPerson(tx, { email, name }, passwordHash) {
      const adapter = await people();
      return within(tx, async () => {
        const { id } = await adapter.createUser({ email, name, emailVerified: false }, { method: 'email-password' });
        await adapter.linkAccount({ userId: id, providerId: CREDENTIAL, accountId: id, password: passwordHash });
        return id;
      });
    },

    async setPassword(tx, personId, passwordHash) {
      const adapter = await people();
      await within(tx, async () => {
        const has = (await adapter.findAccounts(personId)).some(({ providerId }) => providerId === CREDENTIAL);
        if (has) await adapter.updatePassword(personId, passwordHash);
        else
          await adapter.linkAccount({
            userId: personId,
            providerId: CREDENTIAL,
            accountId: personId,
            password: passwordHash,
          });
      });
    },

    async createSession(tx, personId, { address, userAgent }) {
      const adapter = await people();
      return within(tx, () =>
        adapter.createSession(personId, false, { ipAddress: address, userAgent: userAgent.slice(0, 512) }),
      );
    },

    async endSessions(tx, personId) {
      const adapter = await people();
      await within(tx, () => adapter.deleteUserSessions(personId));
    },

    async beginSecondStep(tx, personId) {
      const adapter = await people();
      const ticket = randomBytes(32).toString('base64url');
      const expiresAt = new Date(Date.now() + SECOND_STEP_SECONDS * 1_000);
      await within(tx, () => adapter.createVerificationValue({ identifier: ticket, value: personId, expiresAt }));
      return ticket;
    },

    async endSecondStep(tx, ticket) {
      const adapter = await people();
      return (await within(tx, () => adapter.consumeVerificationValue(ticket))) !== null;
    },
  };
}

type Library = ReturnType<typeof load>;
type Adapter = Awaited<Awaited<Library>['$context']>['internalAdapter'];

function readingOf(
  { cookies }: EngineDeps,
  library: () => Library,
  people: () => Promise<Adapter>,
): Pick<AuthEngine, 'recognise' | 'findByEmail' | 'personInSecondStep'> {
  return {
    async recognise(signed, { isLook }) {
      const { api } = await library();
      const headers = new Headers({ cookie: `${cookies.session}=${signed}` });
      try {
        const found = await api.getSession({ headers, query: { disableRefresh: isLook } });
        return found === null ? null : { person: toPerson(found.user), session: found.session };
      } catch (error) {
        const { cause, status } = error as { readonly cause?: unknown; readonly status?: unknown };
        // A session that ended while it was read is none; a database that is away is told as that.
        if (status === 'UNAUTHORIZED') return null;
        throw cause ?? error;
      }
    },

    async findByEmail(email) {
      const found = await (await people()).findUserByEmail(email, { includeAccounts: true });
      if (found === null) return null;
      const account = found.accounts.find(({ providerId }) => providerId === CREDENTIAL);
      return { person: toPerson(found.user), passwordHash: account?.password ?? null };
    },

    async personInSecondStep(ticket) {
      const found = await (await people()).findVerificationValue(ticket);
      return found !== null && found.expiresAt > new Date() ? found.value : null;
    },
  };
}

function toPerson(user: { readonly id: string; readonly email: string; readonly name: string }): KnownPerson {
  const { disabledAt, lastSeenAt } = user as { readonly disabledAt?: Date | null; readonly lastSeenAt?: Date | null };
  const { id, email, name } = user;
  return { id, email, name, isDisabled: disabledAt != null, lastSeenAt: lastSeenAt ?? null };
}

async function load({ db, key, cookies, hasher }: EngineDeps) {
  const { betterAuth } = await import('better-auth');
  const moments = { createdAt: 'created_at', updatedAt: 'updated_at' } as const;
  return betterAuth({
    database: { db: connectLibrary(db), type: 'postgres', transaction: false },
    // Named as a list: a single `secret` would give way to the environment's BETTER_AUTH_SECRETS.
    secrets: [{ version: 1, value: key }],
    baseURL: 'http://localhost',
    telemetry: { enabled: false },
    logger: { disabled: true },
    rateLimit: { enabled: false },
    emailAndPassword: {
      enabled: true,
      password: {
        hash: (password) => hasher.hash(password),
        verify: ({ password, hash }) => hasher.verify(password, hash),
      },
    },
    user: {
      modelName: 'people',
      fields: { emailVerified: 'email_verified', ...moments },
      additionalFields: {
        disabledAt: { type: 'date', required: false, input: false, fieldName: 'disabled_at' },
        lastSeenAt: { type: 'date', required: false, input: false, fieldName: 'last_seen_at' },
      },
    },
    session: {
      modelName: 'sessions',
      fields: {
        userId: 'person_id',
        ipAddress: 'address',
        userAgent: 'user_agent',
        expiresAt: 'expires_at',
        ...moments,
      },
      expiresIn: IDLE_SECONDS,
      updateAge: SEEN_EVERY_SECONDS,
    },
    account: {
      modelName: 'credentials',
      fields: {
        userId: 'person_id',
        providerId: 'provider_id',
        accountId: 'account_id',
        accessToken: 'access_token',
        refreshToken: 'refresh_token',
        idToken: 'id_token',
        accessTokenExpiresAt: 'access_token_expires_at',
        refreshTokenExpiresAt: 'refresh_token_expires_at',
        ...moments,
      },
    },
    verification: {
      modelName: 'verifications',
      fields: { expiresAt: 'expires_at', ...moments },
      storeIdentifier: 'hashed',
    },
    advanced: {
      useSecureCookies: false,
      cookies: { session_token: { name: cookies.session } },
      database: { generateId: () => randomUUID(), validateSchema: false },
    },
  });
}
