/** Connections, as those set them up who administer the installation. */
import { randomUUID } from 'node:crypto';
import type { Connection, ConnectionCreate, ConnectionEdit, ConnectionGroups } from '@flaghoist/protocol/management';
import { type Db, type Queryable, row, rows, sql } from '../../platform/database.ts';
import { etag, requireMatch } from '../../platform/etag.ts';
import { archived, invalid, Refusal } from '../../platform/refusal.ts';
import type { GrantByKey, Grants } from '../access/index.ts';
import { chainOf } from '../audit/index.ts';
import type { Answer, Changes, Command, UnitOfWork, Written } from '../changes/index.ts';
import type { InstallationSecret } from './installation-secret.ts';
import { keepAnAdmin } from './last-admin.ts';
import { isAllowedUrl } from './sso-addresses.ts';

/** A connection that people can sign in with, with its secret. */
export interface OpenConnection {
  readonly id: string;
  readonly key: string;
  readonly name: string;
  readonly issuer: string;
  readonly clientId: string;
  /** Throws when it was sealed with another installation secret. */
  readonly clientSecret: () => string;
  /** In lower case; empty: all. */
  readonly domains: readonly string[];
  readonly provision: boolean;
  readonly grants: readonly GrantByKey[];
  readonly groups: ConnectionGroups | null;
  readonly version: number;
}

interface ConnectionRow {
  readonly id: string;
  readonly key: string;
  readonly name: string;
  readonly issuer: string;
  readonly clientId: string;
  readonly sealed: Uint8Array;
  readonly domains: readonly string[];
  readonly provision: boolean;
  readonly grants: string;
  readonly groups: string | null;
  readonly createdAt: string;
  readonly archivedAt: string | null;
  readonly version: number;
}

const MOST = 20;
const SEALED_FOR = 'connection';
const CONNECTIONS = sql`select id, key, name, issuer, client_id as "clientId", client_secret as sealed, domains, provision, grants,
  groups, created_at as "createdAt", archived_at as "archivedAt", version from connections`;

export type Connections = ReturnType<typeof createConnections>;

interface ConnectionsDeps {
  readonly db: Db;
  readonly changes: Changes;
  readonly grants: Grants;
  readonly secret: InstallationSecret;
  /** This server is on loopback only: providers may be too. */
  readonly onLoopback: boolean;
}

export function createConnections(deps: ConnectionsDeps) {
  return { ...connectionReads(deps), ...connectionWrites(deps) };
}

function connectionReads({ db, secret }: ConnectionsDeps) {
  function unseal(id: string, sealed: Uint8Array): string {
    try {
      return secret.open(SEALED_FOR, id, sealed);
    } catch (cause) {
      throw new Error('its client secret was sealed with another installation secret: set it again', { cause });
    }
  }

  return {
    async list(after: string, limit: number): Promise<readonly Connection[]> {
      const found = await rows(
        db,
        sql<ConnectionRow>`${CONNECTIONS} where key > ${after} collate "C" order by key collate "C" limit ${limit}`,
      );
      return found.map(show);
    },

    /** What a sign-in page offers. */
    async offered(): Promise<readonly { readonly key: string; readonly name: string }[]> {
      return rows(
        db,
        sql<{
          key: string;
          name: string;
        }>`select key, name from connections where archived_at is null order by name, key`,
      );
    },

    /** Undefined when there is none that people can sign in with. */
    async open(key: string): Promise<OpenConnection | undefined> {
      const found = await row(db, sql<ConnectionRow>`${CONNECTIONS} where key = ${key} and archived_at is null`);
      if (found === undefined) return undefined;
      const { sealed, createdAt: _createdAt, archivedAt: _archivedAt, ...connection } = found;
      return { ...connection, ...parsed(found), clientSecret: () => unseal(found.id, sealed) };
    },
  };
}

function connectionWrites(deps: ConnectionsDeps) {
  const { changes, secret } = deps;

  return {
    async create(command: Command, input: ConnectionCreate): Promise<Written> {
      requireIssuer(input.issuer, deps.onLoopback);
      await checkGrants(deps.grants, input);
      return changes.execute(command, async (unit) => {
        // Two at once must not make one too many.
        await sql`lock table connections in share row exclusive mode`.execute(unit.tx);
        if ((await row(unit.tx, sql`select 1 from connections where key = ${input.key}`)) !== undefined)
          throw new Refusal('already_exists', `There is or was a connection ${input.key}. Take another key.`);
        const living = await rows(unit.tx, sql`select 1 from connections where archived_at is null`);
        if (living.length >= MOST)
          throw new Refusal('limit_reached', `There are ${MOST} connections already. Archive one that nobody uses.`);
        await insert(unit, secret, input);
        return showOne(unit.tx, input.key, 201);
      });
    },

    async edit(command: Command, key: string, ifMatch: string | undefined, input: ConnectionEdit): Promise<Written> {
      await checkGrants(deps.grants, input);
      return edit(changes, command, key, ifMatch, async (unit, before) => {
        const { clientSecret, ...shown } = input;
        const after = { ...show(before), ...shown };
        const sealed = clientSecret === undefined ? before.sealed : secret.seal(SEALED_FOR, before.id, clientSecret);
        await sql`update connections set name = ${after.name}, client_id = ${after.clientId}, client_secret = ${sealed},
          domains = ${after.domains.map(lower)}::text[], provision = ${after.provision}, grants = ${JSON.stringify(after.grants)},
          groups = ${toText(after.groups)}, version = version + 1 where id = ${before.id}::uuid`.execute(unit.tx);
        const secretNote = clientSecret === undefined ? {} : { clientSecret: 'replaced' };
        unit.note(chainOf.installation(), { connection: key, ...shown, ...secretNote });
      });
    },

    /**
     * Nobody can sign in with it any more; sessions that began with it last until they end.
     *
     * @throws {Refusal} `last_admin` when nobody would be left who can sign in and administer the installation.
     */
    async archive(command: Command, key: string, ifMatch: string | undefined): Promise<Written> {
      return edit(changes, command, key, ifMatch, async (unit, { id }) => {
        await keepAnAdmin(unit, deps.grants, async () => {
          await sql`update connections set archived_at = ${unit.at}, version = version + 1 where id = ${id}::uuid`.execute(
            unit.tx,
          );
        });
        unit.note(chainOf.installation(), { connection: key, archived: true });
      });
    },
  };
}

/** @throws {Refusal} `invalid_request` for grants in places that are not there. */
async function checkGrants(all: Grants, { grants, groups }: Pick<ConnectionEdit, 'grants' | 'groups'>): Promise<void> {
  await all.resolve(grants ?? [], '$.grants');
  for (const [i, { grant }] of (groups?.grants ?? []).entries())
    await all.resolveOne(grant, `$.groups.grants[${i}].grant`);
}

async function insert(unit: UnitOfWork, secret: InstallationSecret, input: ConnectionCreate): Promise<void> {
  const id = randomUUID();
  const {
    key,
    name,
    issuer,
    clientId,
    clientSecret,
    domains = [],
    provision = false,
    grants = [],
    groups = null,
  } = input;
  await sql`insert into connections (id, key, name, issuer, client_id, client_secret, domains, provision, grants, groups, created_at)
    values (${id}::uuid, ${key}, ${name}, ${issuer}, ${clientId}, ${secret.seal(SEALED_FOR, id, clientSecret)},
      ${domains.map(lower)}::text[], ${provision}, ${JSON.stringify(grants)}, ${toText(groups)}, ${unit.at})`.execute(
    unit.tx,
  );
  unit.note(chainOf.installation(), { connection: key, name, issuer, clientId, domains, provision, grants, groups });
}

async function edit(
  changes: Changes,
  command: Command,
  key: string,
  ifMatch: string | undefined,
  change: (unit: UnitOfWork, connection: ConnectionRow) => Promise<void>,
): Promise<Written> {
  return changes.execute(command, async (unit) => {
    const connection = await row(unit.tx, sql<ConnectionRow>`${CONNECTIONS} where key = ${key} for update`);
    if (connection === undefined) throw new Refusal('not_found', `There is no connection ${key}.`);
    requireMatch(ifMatch, connection.version, `Connection ${key}`);
    if (connection.archivedAt !== null) throw archived(`Connection ${key}`);
    await change(unit, connection);
    return showOne(unit.tx, key, 200);
  });
}

async function showOne(on: Queryable, key: string, status: number): Promise<Answer> {
  const found = await row(on, sql<ConnectionRow>`${CONNECTIONS} where key = ${key}`);
  if (found === undefined) throw new Error('a connection vanished');
  return { status, body: show(found), headers: { etag: etag(found.version) } };
}

function show(connection: ConnectionRow): Connection {
  const { id: _id, sealed: _sealed, domains, ...shown } = connection;
  return { ...shown, ...parsed(connection), domains: [...domains], callbackPath: callbackPath(shown.key) };
}

function parsed({ grants, groups }: ConnectionRow): { grants: GrantByKey[]; groups: ConnectionGroups | null } {
  return {
    grants: JSON.parse(grants) as GrantByKey[],
    groups: groups === null ? null : (JSON.parse(groups) as ConnectionGroups),
  };
}

export function callbackPath(key: string): string {
  return `/api/v1/sign-in/${key}/callback`;
}

function requireIssuer(text: string, onLoopback: boolean): void {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || url.search !== '' || url.hash !== '' || !isAllowedUrl(url, onLoopback))
    throw invalid(
      '$.issuer',
      'issuer',
      'An issuer is an https:// URL without a query, such as https://login.example.com; its host is no address that clouds or this machine keep for themselves.',
    );
}

function lower(domain: string): string {
  return domain.toLowerCase();
}

function toText(groups: ConnectionGroups | null | undefined): string | null {
  return groups == null ? null : JSON.stringify(groups);
}
