import { PAGE, PROJECT, type Route } from './route.ts';

export const historyRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: `${PROJECT}/changes`,
    needs: 'read',
    query: [...PAGE, 'environment', 'flag', 'segment'],
    pages: 'number',
  },
  { method: 'GET', path: `${PROJECT}/changes/{change}`, needs: 'read' },
  { method: 'GET', path: `${PROJECT}/changes/{change}/edits`, needs: 'read' },
  {
    method: 'POST',
    path: `${PROJECT}/changes/{change}/revert`,
    needs: 'edit parts',
    body: { edits: [{ environment: 'staging', flag: 'reverted' }] },
    required: [],
    succeeds: { body: {} },
  },
  { method: 'GET', path: `${PROJECT}/watch`, needs: 'read', query: ['environment'] },
];
