/** SDK keys, and the access document made of them. */
import { isDeepStrictEqual } from 'node:util';
import { type AccessKey, type KeyKind, mintSecret } from '@flaghoist/protocol/keys';
import { randomBytes, sha256 } from '@flaghoist/runtime/crypto';
import { type Db, row, rows, sql } from '../../platform/database.ts';
import { invalid, Refusal } from '../../platform/refusal.ts';
import { chainOf } from '../audit/index.ts';
import type { Changes, Command, UnitOfWork, Written } from '../changes/index.ts';
import { readExpiry } from './tokens.ts';

export interface KeyRow {
  readonly id: string;
  readonly projectId: string;
  readonly kind: KeyKind;
  readonly sha256: string;
  readonly name: string;
  readonly environmentIds: readonly string[];
  readonly environments: string[];
  readonly origins: string[];
  readonly createdAt: string;
  readonly createdBy: string;
  readonly expiresAt: string | null;
  readonly revokedAt: string | null;
  readonly rateLimit: number | null;
  readonly lastUsedAt: string | null;
}

export interface KeyInput {
  readonly kind: KeyKind;
  readonly name?: string;
  readonly environments: readonly { readonly id: string; readonly key: string }[];
  readonly origins?: readonly string[];
  readonly expiresAt?: string;
  readonly rateLimit?: number | null;
}

/** Absent: as it is. */
export interface KeyEdit {
  readonly rateLimit?: number | null;
  /** All that a relay key lists from now on. */
  readonly environments?: readonly { readonly id: string; readonly key: string }[];
}

export interface KeyFilter {
  readonly projectId: string;
  readonly environmentId: string | null;
  readonly within: readonly string[];
  readonly after: string;
  readonly limit: number;
}

const KEYS = sql`select k.id, k.project_id as "projectId", k.kind, k.sha256, k.name, k.environment_ids as "environmentIds", k.origins,
  k.created_at as "createdAt", k.created_by as "createdBy", k.expires_at as "expiresAt", k.revoked_at as "revokedAt", k.rate_limit as "rateLimit", u.last_used_at as "lastUsedAt",
  array(select e.key from unnest(k.environment_ids) with ordinality as named (id, place) join environments e on e.id = named.id
    order by named.place) as environments from keys k left join key_usage u on u.key_id = k.id`;

export type Keys = ReturnType<typeof createKeys>;

export function createKeys(deps: { readonly db: Db; readonly changes: Changes; readonly now: () => Date }) {
  const { db, changes } = deps;

  async function revokeIn(unit: UnitOfWork, key: KeyRow, environmentIds: readonly string[]): Promise<void> {
    await sql`update keys set revoked_at = ${unit.at} where id = ${key.id}`.execute(unit.tx);
    for (const environmentId of environmentIds)
      await unit.put(environmentId, 'key', key.id, toAccessKey({ ...key, revokedAt: unit.at }));
  }

  return {
    /** Keys all of whose environments are among `within`. */
    async list({ projectId, environmentId, within, after, limit }: KeyFilter) {
      return rows(
        db,
        sql<KeyRow>`${KEYS} where k.project_id = ${projectId}::uuid and k.id > ${after} collate "C"
        and k.environment_ids <@ ${within}::uuid[] and (${environmentId}::uuid is null or ${environmentId}::uuid = any(k.environment_ids)) order by k.id collate "C" limit ${limit}`,
      );
    },

    async create(command: Command, projectId: string, input: KeyInput): Promise<Written> {
      if (input.kind !== 'relay' && input.environments.length !== 1)
        throw invalid('$.environments', 'environments', `A ${input.kind} key belongs to exactly one environment.`);
      if (input.kind !== 'client' && (input.origins?.length ?? 0) > 0)
        throw invalid('$.origins', 'origins', 'Only client keys are used by browsers and have origins.');
      const expiresAt = readExpiry(input.expiresAt, deps.now());
      for (const environment of input.environments) command.rights.require('admin', projectId, environment);
      return changes.execute(command, async (unit) => {
        const minted = mintSecret(input.kind, randomBytes(40), sha256);
        const key = newKey(minted, { ...input, projectId, expiresAt, at: unit.at, author: command.actor.name });
        unit.inProject(projectId);
        await unit.lock(key.environmentIds);
        await insert(unit, key);
        return { status: 201, body: { ...showKey(key), secret: minted.text } };
      });
    },

    /**
     * Edges hear of it with the next revision of each environment, within a moment. Those below an environment that a relay
     * key does not list any more give it up; those of one that was added follow it.
     */
    async edit(command: Command, projectId: string, id: string, edit: KeyEdit): Promise<Written> {
      const { environments = [] } = edit;
      for (const environment of environments) command.rights.require('admin', projectId, environment);
      return changes.execute(command, async (unit) => {
        const { key, open } = await lockKey(unit, command, projectId, id, environments);
        refuseEdit(key, edit);
        return { status: 200, body: showKey(await writeEdited(unit, key, editedKey(key, edit), open)) };
      });
    },

    async revoke(command: Command, projectId: string, id: string): Promise<Written> {
      return changes.execute(command, async (unit) => {
        const { key, open } = await lockKey(unit, command, projectId, id, []);
        if (key.revokedAt === null) {
          await revokeIn(unit, key, open);
          unit.note(chainOf.project(projectId), { key: id, revoked: true });
        }
        return { status: 200, body: showKey({ ...key, revokedAt: key.revokedAt ?? unit.at }) };
      });
    },

    /** Revokes every key that belongs to an environment alone, and takes it out of the relay keys' documents. */
    async retireEnvironment(unit: UnitOfWork, environmentId: string): Promise<void> {
      const living = await rows(
        unit.tx,
        sql<KeyRow>`${KEYS} where ${environmentId}::uuid = any(k.environment_ids) and k.revoked_at is null`,
      );
      for (const key of living) {
        if (key.environmentIds.length === 1) await revokeIn(unit, key, [environmentId]);
        else await unit.put(environmentId, 'key', key.id, null);
      }
    },

    /** Ids of the living keys of a name; for whoever replaces keys it made itself. */
    async livingNamed(projectId: string, name: string): Promise<readonly string[]> {
      const found = await rows(
        db,
        sql<{
          id: string;
        }>`select id from keys where project_id = ${projectId}::uuid and name = ${name} and revoked_at is null`,
      );
      return found.map((key) => key.id);
    },
  };
}

/**
 * The key as it is once the lines of its environments, and of `others`, are locked, and those of them all that are not
 * archived. Its own row is locked last, as by whoever archives an environment.
 */
async function lockKey(
  unit: UnitOfWork,
  command: Command,
  projectId: string,
  id: string,
  others: readonly { readonly id: string }[],
) {
  unit.inProject(projectId);
  const found = await row(unit.tx, sql<KeyRow>`${KEYS} where k.id = ${id} and k.project_id = ${projectId}::uuid`);
  if (found === undefined || !isVisible(command, found))
    throw new Refusal('not_found', 'There is no such key in this project.');
  for (const [i, environmentId] of found.environmentIds.entries())
    command.rights.require('admin', projectId, { id: environmentId, key: found.environments[i] ?? environmentId });
  const ids = [...found.environmentIds, ...others.map((one) => one.id)];
  const open = await unit.lock(ids, 'leave out');
  await sql`select 1 from keys where id = ${id} for update`.execute(unit.tx);
  const key = (await row(unit.tx, sql<KeyRow>`${KEYS} where k.id = ${id}`)) ?? found;
  // What was added meanwhile is not locked.
  if (!isDeepStrictEqual(key.environmentIds, found.environmentIds))
    throw new Refusal(
      'precondition_failed',
      'The environments of this key were changed just now. Look, and ask again.',
    );
  return { open, key };
}

function refuseEdit({ kind, revokedAt }: KeyRow, { environments }: KeyEdit): void {
  const at = environments === undefined ? '$.rateLimit' : '$.environments';
  if (revokedAt !== null) throw invalid(at, 'revoked', 'The key was revoked: nothing of it is left to change.');
  if (environments !== undefined && kind !== 'relay')
    throw invalid(at, 'environments', `A ${kind} key belongs to its one environment for good. Make another key.`);
}

/** Writes what an edit made another, and answers the key as it is then; `open`: the environments whose lines are locked. */
async function writeEdited(unit: UnitOfWork, before: KeyRow, after: KeyRow, open: readonly string[]): Promise<KeyRow> {
  const isSame = isDeepStrictEqual(toAccessKey(after), toAccessKey(before));
  const removed = before.environmentIds.filter((one) => !after.environmentIds.includes(one));
  const written = after.environmentIds.filter((one) => !isSame || !before.environmentIds.includes(one));
  if (removed.length + written.length === 0) return before;
  await sql`update keys set rate_limit = ${after.rateLimit}, environment_ids = ${after.environmentIds}::uuid[]
    where id = ${after.id}`.execute(unit.tx);
  for (const one of open) {
    if (removed.includes(one)) await unit.put(one, 'key', after.id, null);
    else if (written.includes(one)) await unit.put(one, 'key', after.id, toAccessKey(after));
  }
  unit.note(chainOf.project(after.projectId), {
    key: after.id,
    ...(before.rateLimit === after.rateLimit ? {} : { rateLimit: after.rateLimit }),
    environments: after.environments,
  });
  return after;
}

function editedKey(key: KeyRow, { rateLimit, environments }: KeyEdit): KeyRow {
  return {
    ...key,
    ...(rateLimit === undefined ? {} : { rateLimit }),
    ...(environments === undefined
      ? {}
      : { environmentIds: environments.map((one) => one.id), environments: environments.map((one) => one.key) }),
  };
}

function isVisible(command: Command, key: KeyRow): boolean {
  return key.environmentIds.every((id) => command.rights.inEnvironment(key.projectId, id) !== null);
}

function newKey(
  minted: { readonly id: string; readonly sha256: string },
  input: Omit<KeyInput, 'expiresAt'> & {
    readonly projectId: string;
    readonly expiresAt: string | null;
    readonly at: string;
    readonly author: string;
  },
): KeyRow {
  return {
    id: minted.id,
    projectId: input.projectId,
    kind: input.kind,
    sha256: minted.sha256,
    name: input.name ?? `${input.kind} key`,
    environmentIds: input.environments.map((environment) => environment.id),
    environments: input.environments.map((environment) => environment.key),
    origins: [...(input.origins ?? [])],
    createdAt: input.at,
    createdBy: input.author,
    expiresAt: input.expiresAt,
    revokedAt: null,
    rateLimit: input.rateLimit ?? null,
    lastUsedAt: null,
  };
}

async function insert(unit: UnitOfWork, key: KeyRow): Promise<void> {
  await sql`insert into keys (id, project_id, kind, sha256, name, environment_ids, origins, created_at, created_by, expires_at, rate_limit)
    values (${key.id}, ${key.projectId}::uuid, ${key.kind}, ${key.sha256}, ${key.name}, ${key.environmentIds}::uuid[], ${key.origins}::text[],
      ${key.createdAt}, ${key.createdBy}, ${key.expiresAt}, ${key.rateLimit})`.execute(unit.tx);
  for (const environmentId of key.environmentIds) await unit.put(environmentId, 'key', key.id, toAccessKey(key));
  unit.note(chainOf.project(key.projectId), {
    key: key.id,
    kind: key.kind,
    name: key.name,
    environments: key.environments,
    ...(key.rateLimit === null ? {} : { rateLimit: key.rateLimit }),
  });
}

function toAccessKey(key: KeyRow): AccessKey {
  return {
    id: key.id,
    kind: key.kind,
    sha256: key.sha256,
    ...(key.origins.length > 0 ? { origins: key.origins } : {}),
    ...(key.expiresAt === null ? {} : { expiresAt: Math.floor(new Date(key.expiresAt).getTime() / 1_000) }),
    ...(key.revokedAt === null ? {} : { revoked: true }),
    ...(key.rateLimit === null ? {} : { rateLimit: key.rateLimit }),
  };
}

export function showKey({ sha256: _hash, projectId: _projectId, environmentIds: _ids, ...shown }: KeyRow) {
  return shown;
}
