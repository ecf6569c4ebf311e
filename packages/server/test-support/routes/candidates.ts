import { ENVIRONMENT, type Route } from './route.ts';

const body = { change: '0f7c1f5e-6a1b-4b0e-9d0b-5c8a1d2e3f40' };

export const candidateRoutes: readonly Route[] = [
  { method: 'GET', path: `${ENVIRONMENT}/candidate`, needs: 'read', query: ['change'] },
  { method: 'POST', path: `${ENVIRONMENT}/candidate/promote`, needs: 'administer', body, required: ['change'] },
  { method: 'POST', path: `${ENVIRONMENT}/candidate/withdraw`, needs: 'edit', body, required: ['change'] },
];
