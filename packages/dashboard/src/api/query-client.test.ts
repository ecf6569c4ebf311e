import { QueryObserver } from '@tanstack/react-query';
import { expect, test, vi } from 'vitest';
import { ApiProblem } from './problem.ts';
import { createQueryClient, isWorthRetrying, readRightsAgain } from './query-client.ts';
import { keys } from './queries/keys.ts';
import { roleInProject, type RoleGrant } from './rights.ts';
import { createTransport } from './transport.ts';

const SESSION = 'http://flags.test/api/v1/session';
const admin: readonly RoleGrant[] = [{ role: 'admin', project: 'shop', environment: null }];
const viewer: readonly RoleGrant[] = [{ role: 'viewer', project: 'shop', environment: null }];

/** A server at which somebody's grants change while their page is open. */
function stage() {
  const server = { grants: admin, sessionReads: 0 };
  const client = createQueryClient();
  const send = createTransport({
    async fetch(request) {
      if (request.url === SESSION) {
        server.sessionReads += 1;
        return Response.json({ grants: server.grants });
      }
      return roleInProject(server.grants, 'shop') === 'admin'
        ? Response.json({})
        : Response.json(
            { type: 'about:blank', title: 'x', status: 403, code: 'forbidden', detail: 'x' },
            { status: 403 },
          );
    },
    sleep: async () => {},
    random: () => 0,
    newId: () => 'id',
    now: () => 0,
    csrf: () => 'csrf',
    renewCsrf: async () => null,
    onUnauthenticated: () => {},
    onForbidden: () => readRightsAgain(client),
  });
  const session = new QueryObserver(client, {
    queryKey: keys.session,
    queryFn: async () =>
      (await send(new Request(SESSION))).json() as Promise<{ readonly grants: readonly RoleGrant[] }>,
    staleTime: 5 * 60_000,
  });
  const role = () => roleInProject(session.getCurrentResult().data?.grants ?? [], 'shop');
  const press = () => send(new Request('http://flags.test/api/v1/projects/shop/archive', { method: 'POST' }));
  return { server, session, role, press };
}

test('after a refusal for want of rights the page knows the rights that are left', async () => {
  const { server, session, role, press } = stage();
  const leave = session.subscribe(() => {});
  await vi.waitFor(() => expect(role()).toBe('admin'));
  expect((await press()).status).toBe(200);
  expect(server.sessionReads).toBe(1);
  server.grants = viewer;
  expect(role()).toBe('admin');
  expect((await press()).status).toBe(403);
  await vi.waitFor(() => expect(role()).toBe('viewer'));
  expect(server.sessionReads).toBe(2);
  leave();
});

test('a read is asked again when that may help: not after a refusal, and not for ever', () => {
  const failed = (status: number, code = 'x') => new ApiProblem({ status, code, title: 'x', detail: 'x' });
  expect(isWorthRetrying(0, failed(0, 'offline'))).toBe(true);
  expect(isWorthRetrying(2, failed(503))).toBe(true);
  expect(isWorthRetrying(3, failed(503))).toBe(false);
  expect(isWorthRetrying(0, failed(403, 'forbidden'))).toBe(false);
});
