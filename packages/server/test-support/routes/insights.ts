import { ENVIRONMENT, type Route } from './route.ts';

export const insightsRoutes: readonly Route[] = [
  { method: 'GET', path: `${ENVIRONMENT}/evaluations`, needs: 'read', query: ['flag', 'from', 'to'] },
];
