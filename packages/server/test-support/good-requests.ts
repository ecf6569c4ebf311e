/** A request to each route that is right, for tests that make it wrong. */
import { sha256 } from '@flaghoist/runtime/crypto';
import type { ContentForRoutes } from './content-for-routes.ts';
import type { MustRefuse } from './judge.ts';
import { fill, type Route } from './route-table.ts';

/** What the route takes, from an admin; the edit is made on whatever version there is. */
export function goodRequest(route: Route, { params, person, tokens }: ContentForRoutes): MustRefuse['request'] {
  const headers = { ...(route.needs === 'person' ? person : {}), ...(route.edits ? { 'if-match': '*' } : {}) };
  return {
    method: route.method,
    path: fill(route.path, params),
    ...(route.needs === 'public' || route.needs === 'person' ? {} : { token: tokens.admin }),
    ...(route.body === undefined ? {} : { body: route.body }),
    headers,
  };
}

/** Ids that nothing has, of what can be revoked. */
export const nothingToRevoke = {
  key: 'nothing',
  token: 'nothing',
  session: 'nothing',
  invitation: 'nothing',
  person: 'nothing',
  filter: 'nothing',
};

/** Whether it was used while the content was made. What a person does in a browser is tried by the tests of its module. */
export function hasSucceeded({ path, succeeds }: Route): boolean {
  return succeeds !== undefined || path === '/api/v1/setup';
}

/** A well-formed token with the id of a real one. */
export function withOtherSecret(token: string): string {
  const [prefix, id] = token.split('_');
  const body = `${prefix}_${id}_${'0'.repeat(43)}`;
  return `${body}_${sha256(body).replaceAll(/[-_]/g, '').slice(0, 6)}`;
}

/** Where the good request is the one with which the key was used, something else. */
export function otherBody({ path }: Route, { setup }: ContentForRoutes): { readonly body?: unknown } {
  if (path.endsWith('/setup')) return { body: { setup, name: 'another' } };
  if (path.endsWith('/changes'))
    return { body: { edits: [{ environment: 'staging', flag: 'made', ifMatch: 1, set: { enabled: false } }] } };
  return {};
}
