import { PROJECT, type Route } from './route.ts';

export const presenceRoutes: readonly Route[] = [
  {
    method: 'POST',
    path: `${PROJECT}/presence`,
    needs: 'person',
    body: { page: 'page-0001', environment: 'production', flag: 'checkout', segment: 'beta', doing: 'viewing' },
    required: ['page', 'doing'],
  },
];
