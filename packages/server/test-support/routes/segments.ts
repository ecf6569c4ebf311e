import { ENVIRONMENT, inProduction, PAGE, type Route } from './route.ts';

export const segmentRoutes: readonly Route[] = [
  { method: 'GET', path: `${ENVIRONMENT}/segments`, needs: 'read', query: [...PAGE, 'q'], pages: 'text' },
  {
    method: 'POST',
    path: `${ENVIRONMENT}/segments`,
    needs: 'edit',
    body: {
      key: 'fresh',
      included: ['ada'],
      excluded: ['bob'],
      conditions: [{ attribute: 'plan', operator: 'in', values: ['pro'] }],
    },
    required: ['key'],
    succeeds: { body: { key: 'made', included: ['ada'] } },
  },
  { method: 'GET', path: `${ENVIRONMENT}/segments/{segment}`, needs: 'read' },
  { method: 'GET', path: `${ENVIRONMENT}/segments/{segment}/usage`, needs: 'read' },
  {
    method: 'PATCH',
    path: `${ENVIRONMENT}/segments/{segment}`,
    needs: 'edit',
    edits: true,
    body: { included: ['eve'], excluded: ['bob'], conditions: [{ segment: 'beta' }] },
    succeeds: { on: inProduction, body: { included: ['eve'] } },
  },
  {
    method: 'POST',
    path: `${ENVIRONMENT}/segments/{segment}/archive`,
    needs: 'edit',
    edits: true,
    succeeds: { on: inProduction },
  },
];
