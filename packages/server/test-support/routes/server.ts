import type { Route } from './route.ts';

export const serverRoutes: readonly Route[] = [
  { method: 'GET', path: '/api/v1/status', needs: 'read installation' },
  { method: 'GET', path: '/openapi.json', needs: 'public' },
  { method: 'GET', path: '/api/v1/schemas/ruleset', needs: 'public' },
];
