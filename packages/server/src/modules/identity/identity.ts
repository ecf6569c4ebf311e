import type { ClientAddress } from '@flaghoist/runtime/limits';
import type { Db } from '../../platform/database.ts';
import type { Access } from '../access/index.ts';
import type { Changes } from '../changes/index.ts';
import { createAcceptances } from './acceptances.ts';
import { createAttempts } from './attempts.ts';
import { createAuthEngine } from './auth-engine.ts';
import { createConnections } from './connections.ts';
import { createCookies } from './cookies.ts';
import type { InstallationSecret } from './installation-secret.ts';
import { createInvitations } from './invitations.ts';
import { createInviters } from './inviters.ts';
import { createMe } from './me.ts';
import { createMyTotp } from './my-totp.ts';
import { createPasswordProofs } from './password-proofs.ts';
import { createPasswordHasher, type PasswordHasher } from './passwords.ts';
import { createPasswordResets } from './password-resets.ts';
import { createPeople } from './people.ts';
import { createPersonEdits } from './person-edits.ts';
import { createRequestOrigin, type OwnCertificate } from './request-origin.ts';
import { createSecondFactor } from './second-factor.ts';
import { createSelf } from './self.ts';
import { createSessions } from './sessions.ts';
import { createSetup } from './setup.ts';
import { createSignIn } from './sign-in.ts';
import { createBegunCookie } from './sso-cookie.ts';
import { createOutgoing } from './sso-outgoing.ts';
import { createConnectionPeople } from './sso-people.ts';
import { createProviders } from './sso-provider.ts';
import { createSingleSignOn } from './sso.ts';

export type Identity = ReturnType<typeof createIdentity>;

export interface IdentityDeps {
  readonly db: Db;
  readonly changes: Changes;
  readonly access: Access;
  readonly now: () => Date;
  readonly secret: InstallationSecret;
  /** The origin at which people reach this server; null: they sign in at the names of its certificate, or on its own machine only. */
  readonly publicUrl: string | null;
  /** What this server itself speaks TLS with; absent or null: it does not. */
  readonly certificate?: OwnCertificate | null;
  /** Where requests come from. */
  readonly address: ClientAddress;
  /** The data folder, where a recovery leaves its file. */
  readonly data: string;
  /** This server can be reached from its own machine only: identity providers may be there too, and without TLS. Absent: no. */
  readonly onLoopback?: boolean;
  /** Absent: argon2id. */
  readonly hasher?: PasswordHasher;
}

export function createIdentity({
  access,
  publicUrl,
  certificate = null,
  address,
  onLoopback = false,
  hasher = createPasswordHasher(),
  ...deps
}: IdentityDeps) {
  const { grants } = access;
  const origin = createRequestOrigin(publicUrl, address, certificate);
  const key = deps.secret.derive('sessions').toString('base64url');
  const cookies = createCookies(key, publicUrl !== null || certificate !== null);
  const engine = createAuthEngine({ db: deps.db, key, cookies, hasher });
  const attempts = createAttempts(deps);
  const secondFactor = createSecondFactor(deps);
  const sessions = createSessions({ ...deps, engine, cookies, origin });
  const proofs = createPasswordProofs({ engine, attempts });
  const inviters = createInviters(access);
  const parts = { ...deps, grants, inviters, engine, attempts, proofs, cookies, secondFactor, sessions };
  const signIn = createSignIn(parts);
  const people = createPeople(parts);
  const self = createSelf({ sessions, signIn, proofs });
  const passwordResets = createPasswordResets({ ...parts, signIn });
  const connections = createConnections({ ...deps, grants, onLoopback });
  const sso = createSingleSignOn({
    ...parts,
    connections,
    people: createConnectionPeople(parts),
    providers: createProviders({ outgoing: createOutgoing({ onLoopback }), onLoopback, now: deps.now }),
    cookie: createBegunCookie({ ...deps, cookies }),
  });
  return {
    origin,
    cookies,
    sessions,
    signIn,
    people,
    passwordResets,
    connections,
    sso,
    me: createMe({ ...parts, signIn, people, self }),
    totp: createMyTotp({ ...parts, self }),
    personEdits: createPersonEdits({ ...parts, tokens: access.tokens, people }),
    invitations: createInvitations(parts),
    acceptances: createAcceptances({ ...parts, signIn }),
    setup: createSetup({ ...parts, signIn }),
    /** Housekeeping: removes what is over. Answers how many rows it were. */
    async forgetOld(): Promise<number> {
      const signIns = (await sessions.forgetOld()) + (await sso.forgetOld());
      return signIns + (await passwordResets.forgetOld()) + (await attempts.forgetOld());
    },
  };
}
