/**
 * Signing in with a connection. A browser begins here, signs in at the provider, and comes back: once, within ten minutes,
 * with what it was given when it began.
 *
 * A second factor is the provider's matter: whoever comes by a connection is not asked for a code here.
 */
import type { ConnectionProblem } from '@flaghoist/protocol/management';
import { randomBytes, sha256 } from '@flaghoist/runtime/crypto';
import { affected, type Db, sql } from '../../platform/database.ts';
import { Refusal, type RefusalCode } from '../../platform/refusal.ts';
import { Rights } from '../../platform/rights.ts';
import type { Grants } from '../access/index.ts';
import type { Changes, Command } from '../changes/index.ts';
import type { Attempts } from './attempts.ts';
import type { Visitor } from './auth-engine.ts';
import { callbackPath, type Connections, type OpenConnection } from './connections.ts';
import type { Sessions } from './sessions.ts';
import { BEGUN_SECONDS, type Begun, type BegunCookie } from './sso-cookie.ts';
import { groupsIn, wantedBy } from './sso-groups.ts';
import { type ConnectionPeople, type Given, NotLetIn } from './sso-people.ts';
import { type Claims, ProviderError, type Providers } from './sso-provider.ts';

/** Where a browser is sent, with which cookies. `cause` is for the log. */
export type Sent =
  | { readonly ok: true; readonly to: string; readonly cookies: readonly string[] }
  | {
      readonly ok: false;
      readonly problem: ConnectionProblem | RefusalCode;
      readonly cookies: readonly string[];
      readonly cause?: Error;
    };

export interface Returned {
  /** Path and query. */
  readonly url: string;
  readonly cookieHeader: string | undefined;
  /** Of this server. */
  readonly origin: string;
  readonly from: Visitor;
}

const UNIQUE_VIOLATION = '23505';
const LONGEST_PATH = 1_024;
/** A path of this server: browsers take `//` and `/\` for another one, and leave out tabs and line ends before they look. */
const PATH = /^\/(?![/\\])[^\\\p{Cc}]*$/u;

export type SingleSignOn = ReturnType<typeof createSingleSignOn>;

interface SingleSignOnDeps {
  readonly db: Db;
  readonly changes: Changes;
  readonly grants: Grants;
  readonly connections: Connections;
  readonly people: ConnectionPeople;
  readonly providers: Providers;
  readonly sessions: Sessions;
  readonly attempts: Attempts;
  readonly cookie: BegunCookie;
  readonly now: () => Date;
}

export function createSingleSignOn(deps: SingleSignOnDeps) {
  const { db, changes, connections, cookie, providers, sessions } = deps;

  /** A copy of a cookie that has been used is worth nothing, whatever the provider thinks of its code. */
  async function spend(begun: Begun): Promise<boolean> {
    const expiresAt = new Date(deps.now().getTime() + BEGUN_SECONDS * 1_000).toISOString();
    const spent = await affected(
      db,
      sql`insert into connection_returns (sha256, expires_at) values (${sha256(begun.state)}, ${expiresAt}) on conflict do nothing`,
    );
    return spent === 1;
  }

  async function givenBy({ grants, groups }: OpenConnection, claims: Claims): Promise<Given> {
    const names = groups === null ? [] : groupsIn(claims, groups.claim);
    const byGroups = names === null ? null : groups === null ? [] : wantedBy(groups, names);
    return {
      grants: await deps.grants.resolve(grants, '$.grants'),
      byGroups: byGroups === null ? null : await deps.grants.resolve(byGroups, '$.groups'),
    };
  }

  async function letIn(connection: OpenConnection, claims: Claims, from: Visitor): Promise<string> {
    const given = await givenBy(connection, claims);
    const attempt = (what: Given): Promise<string> => {
      let session = '';
      return changes
        .execute(commandOf(connection), async (unit) => {
          const personId = await deps.people.letIn(unit, connection, claims, what);
          session = (await sessions.signInAs(unit.tx, personId, from)).cookie;
          return { status: 302, body: null };
        })
        .then(() => session);
    };
    return attempt(given).catch((error: unknown) => {
      // Groups do not lock everybody out; they are taken over at the next sign-in that leaves an admin.
      if (error instanceof Refusal && error.code === 'last_admin') return attempt({ ...given, byGroups: null });
      // Disabled at this very moment.
      if (error instanceof Refusal && error.code === 'sign_in_failed') throw new NotLetIn('person_disabled');
      // Somebody else made the same account or link at this moment: now it is known.
      if ((error as { readonly code?: unknown }).code === UNIQUE_VIOLATION) return attempt(given);
      throw error;
    });
  }

  async function complete(connection: OpenConnection, { url, cookieHeader, origin, from }: Returned): Promise<Sent> {
    const begun = cookie.read(cookieHeader, connection.id);
    const returned = new URL(url, origin);
    // Checked before the cookie is spent: a link of somebody else's must not end a sign-in that is under way.
    if (begun === null || returned.searchParams.get('state') !== begun.state) return failed('connection_expired');
    const attempt = { kind: 'link', subject: null, address: from.address } as const;
    await deps.attempts.begin(attempt);
    const cookies = [cookie.clear()];
    if (!(await spend(begun))) return { ...failed('connection_expired'), cookies };
    try {
      const claims = await providers.claimsOf(connection, returned, begun);
      const session = await letIn(connection, claims, from);
      await deps.attempts.succeed(attempt);
      return { ok: true, to: begun.to, cookies: [...cookies, session] };
    } catch (error) {
      if (error instanceof NotLetIn || error instanceof ProviderError) return { ...failed(error.code, error), cookies };
      throw error;
    }
  }

  return {
    /** `to`: a path of this server. Anything else is taken for `/`. */
    async begin(key: string, to: string | undefined, origin: string): Promise<Sent> {
      const connection = await connections.open(key);
      if (connection === undefined) return failed('connection_unknown');
      const begun = { state: secretText(), nonce: secretText(), verifier: secretText(), connectionId: connection.id };
      try {
        const location = await providers.authorize(connection, `${origin}${callbackPath(key)}`, begun);
        return { ok: true, to: location.href, cookies: [cookie.set({ ...begun, to: destination(to, origin) })] };
      } catch (error) {
        if (error instanceof ProviderError) return failed(error.code, error);
        throw error;
      }
    },

    /** For a browser that a provider has sent back. */
    async complete(key: string, returned: Returned): Promise<Sent> {
      const connection = await connections.open(key);
      return connection === undefined ? failed('connection_unknown') : complete(connection, returned);
    },

    /** Housekeeping. */
    forgetOld: (): Promise<number> =>
      affected(db, sql`delete from connection_returns where expires_at < ${deps.now().toISOString()}`),
  };
}

/** Absolute: a path such as `/.//elsewhere` would otherwise end in one that browsers take for another server. */
export function destination(to: string | undefined, origin: string): string {
  const isPath = to !== undefined && to.length <= LONGEST_PATH && PATH.test(to);
  const url = new URL(isPath ? to : '/', origin);
  return url.origin === origin ? url.href : `${origin}/`;
}

function failed(problem: ConnectionProblem, cause?: Error): Extract<Sent, { ok: false }> {
  return { ok: false, problem, cookies: [], ...(cause === undefined ? {} : { cause }) };
}

function secretText(): string {
  return randomBytes(32).toString('base64url');
}

function commandOf({ id, name }: OpenConnection): Command {
  return {
    actor: { id: `connection:${id}`, name },
    rights: new Rights([]),
    action: 'session.create',
    reason: null,
    idempotencyKey: null,
    fingerprint: '',
  };
}
