import { ENVIRONMENT, PROJECT, type Route } from './route.ts';

export const insightsRoutes: readonly Route[] = [
  { method: 'GET', path: `${ENVIRONMENT}/evaluations`, needs: 'read', query: ['flag', 'from', 'to'] },
  {
    method: 'GET',
    path: `${ENVIRONMENT}/evaluations/series`,
    needs: 'read',
    query: ['flag', 'from', 'to', 'step'],
  },
  { method: 'GET', path: `${PROJECT}/flags/{flag}/activity`, needs: 'read' },
];
