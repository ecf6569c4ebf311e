/** Sessions: who a request's cookie belongs to, and making, listing and ending them. */
import { equalsConstantTime } from '@flaghoist/runtime/crypto';
import type { FastifyRequest } from 'fastify';
import { affected, type Db, type Queryable, row, rows, sql, type Tx } from '../../platform/database.ts';
import type { SignedIn } from '../../platform/principal.ts';
import { Refusal } from '../../platform/refusal.ts';
import { type AuthEngine, SEEN_EVERY_SECONDS, type Visitor } from './auth-engine.ts';
import type { Cookies } from './cookies.ts';
import type { InstallationSecret } from './installation-secret.ts';
import type { RequestOrigin } from './request-origin.ts';

/** However much it is used. */
const LONGEST_SECONDS = 30 * 24 * 3_600;

/** A session that was just made. */
export interface NewSession {
  readonly id: string;
  readonly expiresAt: string;
  /** `Set-Cookie`. */
  readonly cookie: string;
}

export interface SessionRow {
  readonly id: string;
  readonly userAgent: string | null;
  readonly address: string | null;
  readonly createdAt: string;
  readonly lastSeenAt: string;
}

const SESSIONS = sql`select id, user_agent as "userAgent", address, created_at as "createdAt", updated_at as "lastSeenAt" from sessions`;

export type Sessions = ReturnType<typeof createSessions>;

interface SessionsDeps {
  readonly db: Db;
  readonly engine: AuthEngine;
  readonly secret: InstallationSecret;
  readonly cookies: Cookies;
  readonly origin: RequestOrigin;
  readonly now: () => Date;
}

export function createSessions(deps: SessionsDeps) {
  const { db, engine, secret, cookies, origin } = deps;

  const csrfOf = (sessionId: string): string => secret.sign('csrf', sessionId);
  const living = () => sql`expires_at > ${deps.now().toISOString()} and created_at > ${oldestAt(deps.now())}`;

  function refuseForgery(request: FastifyRequest, sessionId: string): void {
    if (request.method === 'GET' || request.method === 'HEAD') return;
    origin.requireOwn(request);
    const { 'flaghoist-csrf': csrf } = request.headers;
    if (typeof csrf !== 'string' || !equalsConstantTime(csrf, csrfOf(sessionId)))
      throw new Refusal(
        'csrf_failed',
        'The header flaghoist-csrf is missing or belongs to another session. Reload the page; programs find the value in GET /api/v1/session.',
      );
  }

  async function see(personId: string, lastSeenAt: Date | null): Promise<void> {
    const now = deps.now();
    if (lastSeenAt !== null && now.getTime() - lastSeenAt.getTime() < SEEN_EVERY_SECONDS * 1_000) return;
    await sql`update people set last_seen_at = ${now.toISOString()} where id = ${personId}::uuid`.execute(db);
  }

  return {
    csrfOf,

    /**
     * Who a request's cookie belongs to; null without a valid one, at an address where nobody may sign in, and for whoever
     * is disabled. Counts as use of the session, which then lasts longer; with `isLook` it does not.
     *
     * @throws {Refusal} `csrf_failed` for a write that does not prove that it comes from our own page.
     */
    async signedIn(request: FastifyRequest, { isLook = false } = {}): Promise<SignedIn | null> {
      const signed = cookies.read(request.headers.cookie, cookies.session);
      if (signed === null || origin.problem(request) !== null) return null;
      const found = await engine.recognise(signed, { isLook });
      if (found === null || found.person.isDisabled) return null;
      const { person, session } = found;
      if (session.createdAt.toISOString() <= oldestAt(deps.now())) return null;
      refuseForgery(request, session.id);
      if (!isLook) await see(person.id, person.lastSeenAt);
      return { personId: person.id, name: person.name, sessionId: session.id };
    },

    /**
     * Makes a session for somebody who has proved who they are, by whatever means. Always a new one: a cookie that the
     * request brought is not looked at.
     *
     * @throws {Refusal} `sign_in_failed` for whoever was disabled since they proved it.
     */
    async signInAs(tx: Tx, personId: string, from: Visitor): Promise<NewSession> {
      // Disabling writes this row and ends what sessions it sees: the lock puts it before this session or after it.
      const person = await row(
        tx,
        sql<{ isDisabled: boolean }>`select disabled_at is not null as "isDisabled" from people
          where id = ${personId}::uuid for no key update`,
      );
      if (person === undefined || person.isDisabled) throw failed();
      const { id, token, expiresAt } = await engine.createSession(tx, personId, from);
      return { id, expiresAt: expiresAt.toISOString(), cookie: cookies.set(cookies.session, token, LONGEST_SECONDS) };
    },

    /** Until when it lasts if it is not used; null when it ended. */
    async expiryOf(sessionId: string, on: Queryable): Promise<string | null> {
      const found = await row(
        on,
        sql<{ expiresAt: string }>`select least(expires_at, created_at + make_interval(secs => ${LONGEST_SECONDS}))
          as "expiresAt" from sessions where id = ${sessionId}::uuid`,
      );
      return found?.expiresAt ?? null;
    },

    /** A person's sessions that still last, newest first. */
    async list(personId: string): Promise<readonly SessionRow[]> {
      return rows(
        db,
        sql<SessionRow>`${SESSIONS} where person_id = ${personId}::uuid and ${living()} order by created_at desc, id`,
      );
    },

    /** Ends one session of a person's; undefined when they have none of this id. */
    async end(tx: Tx, personId: string, sessionId: string): Promise<SessionRow | undefined> {
      const found = await row(
        tx,
        sql<SessionRow>`${SESSIONS} where id::text = ${sessionId} and person_id = ${personId}::uuid and ${living()} for update`,
      );
      if (found !== undefined) await sql`delete from sessions where id = ${found.id}::uuid`.execute(tx);
      return found;
    },

    endAll: (tx: Tx, personId: string): Promise<void> => endAll(engine, tx, personId),

    /** Sets a password and ends all that the one before had opened. A link that an admin made before would set yet another one. */
    async renewPassword(tx: Tx, personId: string, hash: string): Promise<void> {
      await engine.setPassword(tx, personId, hash);
      await endAll(engine, tx, personId);
      await sql`delete from password_resets where person_id = ${personId}::uuid`.execute(tx);
    },

    /** Housekeeping: sessions and second steps that are over. */
    async forgetOld(): Promise<number> {
      const now = deps.now().toISOString();
      const steps = await affected(db, sql`delete from verifications where expires_at < ${now}`);
      return steps + (await affected(db, sql`delete from sessions where not (${living()})`));
    },
  };
}

/** Also sign-ins that wait for a code: their password may not be the person's any more. */
async function endAll(engine: AuthEngine, tx: Tx, personId: string): Promise<void> {
  await sql`delete from verifications where value = ${personId}`.execute(tx);
  await engine.endSessions(tx, personId);
}

/** One answer for an unknown e-mail address, a wrong password and an account that is disabled. */
export function failed(): Refusal {
  return new Refusal('sign_in_failed', 'The e-mail address or the password is wrong.');
}

/** Whoever signed in before this has to do it again. */
function oldestAt(now: Date): string {
  return new Date(now.getTime() - LONGEST_SECONDS * 1_000).toISOString();
}

export function showEntry(session: SessionRow, currentId: string) {
  const { userAgent, address, ...shown } = session;
  return { ...shown, userAgent: userAgent ?? '', address: address ?? '', current: session.id === currentId };
}
