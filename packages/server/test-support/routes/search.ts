import type { Route } from './route.ts';

export const searchRoutes: readonly Route[] = [
  { method: 'GET', path: '/api/v1/search', needs: 'known', query: ['q', 'project'], asks: { q: 'pay' } },
];
