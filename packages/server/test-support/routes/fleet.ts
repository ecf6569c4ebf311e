import { ENVIRONMENT, PROJECT, type Route } from './route.ts';

export const fleetRoutes: readonly Route[] = [
  { method: 'GET', path: `${ENVIRONMENT}/fleet`, needs: 'read' },
  { method: 'GET', path: `${PROJECT}/changes/{change}/delivery`, needs: 'read' },
];
