import { ChangeSchema, pageOf, ref } from '@flaghoist/protocol/management';
import type { FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { type Api, pageQuery, problems, projectOf } from '../../platform/api.ts';
import { readNumberBelow, readPage, toPage } from '../../platform/page.ts';
import { invalid, Refusal } from '../../platform/refusal.ts';
import type { Changes } from '../changes/index.ts';
import type { Projects } from '../projects/index.ts';
import { showChange, type WatchCursor, type Watchers } from './watch.ts';

const CHANGES = '/api/v1/projects/:project/changes';
const HEARTBEAT_MS = 15_000;
const environmentQuery = { environment: Type.Optional(Type.String({ maxLength: 128 })) };

export function historyRoutes(
  app: Api,
  deps: { readonly changes: Changes; readonly projects: Projects; readonly watchers: Watchers },
): void {
  const { changes, projects } = deps;

  const pageOfChanges = Type.Object({ ...pageQuery.properties, ...environmentQuery }, { additionalProperties: false });
  app.get(
    CHANGES,
    {
      config: { needs: 'read' },
      schema: {
        summary: 'Changes of a project, newest first',
        querystring: pageOfChanges,
        response: { 200: pageOf('Change', ref(ChangeSchema)), ...problems },
      },
    },
    async (request) => {
      const page = readPage(request.query);
      const [environments, watched] = await environmentsFor(request, projects, request.query.environment);
      const only = request.query.environment === undefined ? {} : { environmentId: watched[0] ?? '' };
      const found = await changes.list({
        projectId: projectOf(request).id,
        ...only,
        before: readNumberBelow(page.after),
        limit: page.limit + 1,
      });
      return toPage(
        found,
        page.limit,
        (one) => String(one.number),
        (one) => showChange(one, environments),
      );
    },
  );

  app.get(
    `${CHANGES}/:change`,
    { config: { needs: 'read' }, schema: { summary: 'A change', response: { 200: ref(ChangeSchema), ...problems } } },
    async (request) => {
      const { change } = request.params as { change: string };
      const found = await changes.get(projectOf(request).id, change.replaceAll('\0', ''));
      if (found === undefined)
        throw new Refusal('not_found', `There is no change ${change} in project ${projectOf(request).key}.`);
      return showChange(found, await projects.environments.ofProject(projectOf(request).id));
    },
  );

  watchRoute(app, deps);
}

function watchRoute(app: Api, deps: { readonly projects: Projects; readonly watchers: Watchers }): void {
  const { projects, watchers } = deps;
  const querystring = Type.Object(environmentQuery, { additionalProperties: false });
  app.get(
    '/api/v1/projects/:project/watch',
    {
      config: { needs: 'read' },
      schema: {
        summary: 'Applied changes as server-sent events, as they are published',
        querystring,
        response: problems,
      },
    },
    async (request, reply) => {
      const project = projectOf(request);
      const [, watched] = await environmentsFor(request, projects, request.query.environment);
      let cursor = readCursor(request.headers['last-event-id'], watched) ?? (await watchers.now(watched));

      reply.hijack();
      const { raw } = reply;
      raw.writeHead(200, {
        'content-type': 'text/event-stream; charset=utf-8',
        'cache-control': 'no-store, no-transform',
        'x-accel-buffering': 'no',
      });
      raw.write(': watching\n\n');

      let wanted = true;
      let busy = false;
      const tell = async (): Promise<void> => {
        if (busy) return;
        busy = true;
        while (wanted && !raw.destroyed) {
          wanted = false;
          const found = await watchers.after(cursor, project.id);
          cursor = found.cursor;
          for (const [i, change] of found.changes.entries())
            raw.write(
              `event: change\n${i === found.changes.length - 1 ? `id: ${writeCursor(cursor)}\n` : ''}data: ${JSON.stringify(change)}\n\n`,
            );
        }
        busy = false;
      };
      const wake = (): void => {
        wanted = true;
        // A stream whose reading fails is ended: the watcher comes back and resumes at its cursor.
        tell().catch(() => raw.destroy());
      };
      const unsubscribe = watchers.onPublished(wake);
      const heartbeat = setInterval(() => raw.write(': still here\n\n'), HEARTBEAT_MS);
      raw.on('close', () => {
        unsubscribe();
        clearInterval(heartbeat);
      });
      wake();
    },
  );
}

async function environmentsFor(request: FastifyRequest, projects: Projects, key: string | undefined) {
  const environments = await projects.environments.ofProject(projectOf(request).id);
  const watched = environments
    .filter((environment) => key === undefined || environment.key === key)
    .map((environment) => environment.id);
  if (key !== undefined && watched.length === 0)
    throw invalid('query.environment', 'not_found', `The project has no environment ${key}.`);
  return [environments, watched] as const;
}

function writeCursor(cursor: WatchCursor): string {
  return Buffer.from(JSON.stringify([...cursor])).toString('base64url');
}

/** Null when there is none, or when it is about other environments. */
function readCursor(header: string | string[] | undefined, watched: readonly string[]): WatchCursor | null {
  if (typeof header !== 'string') return null;
  let pairs: unknown;
  try {
    pairs = JSON.parse(Buffer.from(header, 'base64url').toString('utf8'));
  } catch {
    return null;
  }
  if (!Array.isArray(pairs)) return null;
  const cursor = new Map<string, number>();
  for (const pair of pairs as unknown[]) {
    const [id, revision] = Array.isArray(pair) ? (pair as unknown[]) : [];
    if (
      typeof id === 'string' &&
      watched.includes(id) &&
      typeof revision === 'number' &&
      Number.isSafeInteger(revision)
    )
      cursor.set(id, revision);
  }
  return cursor.size === watched.length ? cursor : null;
}
