import { PAGE, PROJECT, type Route } from './route.ts';

export const accessRoutes: readonly Route[] = [
  { method: 'GET', path: '/api/v1/tokens', needs: 'administer installation', query: [...PAGE, 'maker'], pages: 'text' },
  {
    method: 'POST',
    path: '/api/v1/tokens',
    needs: 'administer installation',
    body: { name: 'ci', role: 'viewer', project: 'shop', expiresAt: '2099-01-01T00:00:00Z' },
    required: ['name', 'role'],
    succeeds: { body: { name: 'made', role: 'viewer' } },
  },
  { method: 'POST', path: '/api/v1/tokens/{token}/revoke', needs: 'administer installation', succeeds: {} },
  { method: 'GET', path: `${PROJECT}/keys`, needs: 'read', query: [...PAGE, 'environment'], pages: 'text' },
  {
    method: 'POST',
    path: `${PROJECT}/keys`,
    needs: 'administer parts',
    body: {
      kind: 'client',
      name: 'web',
      environments: ['production'],
      origins: ['https://shop.example'],
      expiresAt: '2099-01-01T00:00:00Z',
      rateLimit: 100,
    },
    required: ['kind', 'environments'],
    succeeds: { body: { kind: 'server', environments: ['production'] } },
  },
  {
    method: 'PATCH',
    path: `${PROJECT}/keys/{key}`,
    needs: 'administer parts',
    body: { rateLimit: 100, environments: ['production'] },
    required: [],
    succeeds: { body: { rateLimit: 200 } },
  },
  { method: 'POST', path: `${PROJECT}/keys/{key}/revoke`, needs: 'administer parts', succeeds: {} },
];
