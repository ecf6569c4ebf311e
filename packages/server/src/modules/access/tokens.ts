/** Tokens: what scripts and people's command lines present to the management API. */
import { mintSecret, parseSecret } from '@flaghoist/protocol/keys';
import { equalsConstantTime, randomBytes, sha256 } from '@flaghoist/runtime/crypto';
import { type Db, type Queryable, row, rows, sql } from '../../platform/database.ts';
import { parseTimestamp } from '../../platform/timestamp.ts';
import type { Principal } from '../../platform/principal.ts';
import { invalid, Refusal } from '../../platform/refusal.ts';
import { Rights, type Role } from '../../platform/rights.ts';
import { chainOf } from '../audit/index.ts';
import type { Changes, Command, UnitOfWork, Written } from '../changes/index.ts';

export interface TokenRow {
  readonly id: string;
  readonly sha256: string;
  readonly name: string;
  readonly role: Role;
  readonly projectId: string | null;
  readonly project: string | null;
  readonly environmentId: string | null;
  readonly environment: string | null;
  readonly createdAt: string;
  readonly createdBy: string;
  /** Null: made at the setup, or before this was noted. */
  readonly createdById: string | null;
  readonly expiresAt: string | null;
  readonly revokedAt: string | null;
}

export interface TokenInput {
  readonly name: string;
  readonly role: Role;
  readonly project?: { readonly id: string; readonly key: string };
  /** Of the project. */
  readonly environment?: { readonly id: string; readonly key: string };
  readonly expiresAt?: string;
}

const TOKENS = sql`select t.id, t.sha256, t.name, t.role, t.project_id as "projectId", p.key as project,
  t.environment_id as "environmentId", e.key as environment, t.created_at as "createdAt",
  t.created_by as "createdBy", t.created_by_id as "createdById", t.expires_at as "expiresAt", t.revoked_at as "revokedAt" from tokens t left join projects p on p.id = t.project_id
  left join environments e on e.id = t.environment_id`;

/** Ids of the tokens that somebody made, of those that were made with these, and so on. */
const madeBy = (makerId: string) => sql`with recursive made as (
    select id from tokens where created_by_id = ${makerId}
    union select t.id from tokens t join made on t.created_by_id = 'token:' || made.id
  ) select id from made`;

export type Tokens = ReturnType<typeof createTokens>;

export function createTokens(deps: { readonly db: Db; readonly changes: Changes; readonly now: () => Date }) {
  const { db, changes } = deps;

  return {
    /** The principal behind a token; null when it is malformed, unknown, expired or revoked. */
    async authenticate(text: string): Promise<Principal | null> {
      const parsed = parseSecret(text, sha256);
      if (parsed === null || parsed.kind !== 'token') return null;
      const token = await row(db, sql<TokenRow>`${TOKENS} where t.id = ${parsed.id}`);
      if (token === undefined || !equalsConstantTime(token.sha256, sha256(text))) return null;
      const expired = token.expiresAt !== null && new Date(token.expiresAt) <= deps.now();
      if (expired || token.revokedAt !== null) return null;
      return { id: `token:${token.id}`, name: token.name, rights: new Rights([token]), person: null };
    },

    /** What a token may do, or might until it ran out; nothing when it was revoked or never was. */
    async rightsOf(id: string, on: Queryable = db): Promise<Rights> {
      const token = await row(on, sql<TokenRow>`${TOKENS} where t.id = ${id} and t.revoked_at is null`);
      return new Rights(token === undefined ? [] : [token]);
    },

    /** `makerId`: only those that this person or token made, themself or with what they made. */
    async list(after: string, limit: number, makerId?: string) {
      const among = makerId === undefined ? sql`true` : sql`t.id in (${madeBy(makerId)})`;
      return rows(
        db,
        sql<TokenRow>`${TOKENS} where t.id > ${after} collate "C" and ${among} order by t.id collate "C" limit ${limit}`,
      );
    },

    async create(command: Command, input: TokenInput): Promise<Written> {
      const expiresAt = readExpiry(input.expiresAt, deps.now());
      return changes.execute(command, async (unit) => {
        const { token, secret } = await insertToken(unit, {
          ...input,
          expiresAt,
          createdBy: command.actor.name,
          createdById: command.actor.id,
        });
        return { status: 201, body: { ...showToken(token), secret } };
      });
    },

    async revoke(command: Command, id: string): Promise<Written> {
      return changes.execute(command, async (unit) => {
        const token = await row(unit.tx, sql<TokenRow>`${TOKENS} where t.id = ${id} for update of t`);
        if (token === undefined) throw new Refusal('not_found', 'There is no such token.');
        if (token.revokedAt === null) {
          await sql`update tokens set revoked_at = ${unit.at} where id = ${id}`.execute(unit.tx);
          unit.note(chainOf.installation(), { token: id, name: token.name, revoked: true });
        }
        return { status: 200, body: showToken({ ...token, revokedAt: token.revokedAt ?? unit.at }) };
      });
    },

    /** Revokes the living tokens that somebody made, and those that were made with these. */
    async revokeMadeBy(unit: UnitOfWork, makerId: string): Promise<void> {
      const revoked = await rows(
        unit.tx,
        sql<{ id: string; name: string }>`update tokens set revoked_at = ${unit.at} where id in (${madeBy(makerId)})
          and revoked_at is null and (expires_at is null or expires_at > ${unit.at}) returning id, name`,
      );
      for (const { id, name } of revoked) unit.note(chainOf.installation(), { token: id, name, revoked: true });
    },
  };
}

/** Makes a token inside a write; the secret is in nothing but the answer. */
export async function insertToken(
  unit: UnitOfWork,
  input: Omit<TokenInput, 'expiresAt'> & {
    readonly expiresAt: string | null;
    readonly createdBy: string;
    readonly createdById: string | null;
  },
): Promise<{ readonly token: TokenRow; readonly secret: string }> {
  const minted = mintSecret('token', randomBytes(40), sha256);
  const token: TokenRow = {
    id: minted.id,
    sha256: minted.sha256,
    name: input.name,
    role: input.role,
    projectId: input.project?.id ?? null,
    project: input.project?.key ?? null,
    environmentId: input.environment?.id ?? null,
    environment: input.environment?.key ?? null,
    createdAt: unit.at,
    createdBy: input.createdBy,
    createdById: input.createdById,
    expiresAt: input.expiresAt,
    revokedAt: null,
  };
  await sql`insert into tokens (id, sha256, name, role, project_id, environment_id, created_at, created_by, created_by_id, expires_at)
    values (${token.id}, ${token.sha256}, ${token.name}, ${token.role}, ${token.projectId}::uuid, ${token.environmentId}::uuid,
      ${unit.at}, ${token.createdBy}, ${token.createdById}, ${token.expiresAt})`.execute(unit.tx);
  const { id, name, role, project, environment } = token;
  unit.note(chainOf.installation(), { token: id, name, role, project, environment });
  return { token, secret: minted.text };
}

export function showToken({ sha256: _hash, projectId: _projectId, environmentId: _environmentId, ...shown }: TokenRow) {
  return shown;
}

/** An expiry must be a moment in the future. */
export function readExpiry(text: string | undefined, now: Date): string | null {
  if (text === undefined) return null;
  const timestamp = parseTimestamp(text);
  if (timestamp === null || timestamp <= now)
    throw invalid('$.expiresAt', 'expiry', 'An expiry is a moment in the future, e.g. 2030-01-31T00:00:00Z.');
  return timestamp.toISOString();
}
