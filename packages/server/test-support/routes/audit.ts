import { ENVIRONMENT, PAGE, type Route } from './route.ts';

export const auditRoutes: readonly Route[] = [
  { method: 'GET', path: `${ENVIRONMENT}/audit`, needs: 'read', query: PAGE, pages: 'number' },
  { method: 'GET', path: `${ENVIRONMENT}/audit/verify`, needs: 'read' },
];
