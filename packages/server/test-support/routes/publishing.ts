import { PAGE, PROJECT, type Route } from './route.ts';

export const publishingRoutes: readonly Route[] = [
  { method: 'GET', path: `${PROJECT}/changes`, needs: 'read', query: [...PAGE, 'environment'], pages: 'number' },
  { method: 'GET', path: `${PROJECT}/changes/{change}`, needs: 'read' },
  { method: 'GET', path: `${PROJECT}/watch`, needs: 'read', query: ['environment'] },
];
