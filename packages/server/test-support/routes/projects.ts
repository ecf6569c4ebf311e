import { ENVIRONMENT, inShop, made, on, PAGE, PROJECT, type Route } from './route.ts';

export const projectRoutes: readonly Route[] = [
  { method: 'GET', path: '/api/v1/projects', needs: 'known', query: PAGE, pages: 'text' },
  {
    method: 'POST',
    path: '/api/v1/projects',
    needs: 'administer installation',
    body: { key: 'fresh', name: 'Fresh', environments: ['production'] },
    required: ['key'],
    succeeds: { body: { ...made, environments: ['production'] } },
  },
  { method: 'GET', path: PROJECT, needs: 'read' },
  {
    method: 'PATCH',
    path: PROJECT,
    needs: 'administer',
    edits: true,
    body: { name: 'Shop' },
    required: ['name'],
    succeeds: { on, body: { name: 'Renamed' } },
  },
  { method: 'POST', path: `${PROJECT}/archive`, needs: 'administer', edits: true, succeeds: { on } },
  { method: 'GET', path: `${PROJECT}/environments`, needs: 'read', query: PAGE, pages: 'text' },
  {
    method: 'POST',
    path: `${PROJECT}/environments`,
    needs: 'administer',
    body: { key: 'fresh', name: 'Fresh' },
    required: ['key'],
    succeeds: { body: made },
  },
  { method: 'GET', path: ENVIRONMENT, needs: 'read' },
  {
    method: 'PATCH',
    path: ENVIRONMENT,
    needs: 'administer',
    edits: true,
    body: { name: 'Live', holdSeconds: null },
    succeeds: { on: inShop, body: { name: 'Renamed' } },
  },
  {
    method: 'POST',
    path: `${ENVIRONMENT}/archive`,
    needs: 'administer project',
    edits: true,
    succeeds: { on: inShop },
  },
];
