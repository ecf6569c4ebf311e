import { ENVIRONMENT, inShop, PAGE, PROJECT, type Route } from './route.ts';

const switchOn = { environment: 'staging', flag: 'checkout', ifMatch: 2, set: { enabled: true } };

export const flagRoutes: readonly Route[] = [
  { method: 'GET', path: `${PROJECT}/flags`, needs: 'read', query: [...PAGE, 'tag', 'archived'], pages: 'text' },
  {
    method: 'POST',
    path: `${PROJECT}/flags`,
    needs: 'edit',
    body: {
      key: 'fresh',
      type: 'string',
      name: 'Fresh',
      description: 'Fresh.',
      owner: 'shop',
      tags: ['one'],
      variants: { a: 'A', b: 'B' },
      offVariant: 'a',
      defaultVariant: 'b',
      clientVisible: true,
      enabled: true,
    },
    required: ['key', 'type'],
    succeeds: { body: { key: 'made', type: 'boolean' } },
  },
  { method: 'GET', path: `${PROJECT}/flags/{flag}`, needs: 'read' },
  {
    method: 'PATCH',
    path: `${PROJECT}/flags/{flag}`,
    needs: 'edit',
    edits: true,
    body: { name: 'Other', description: 'Other.', owner: 'other', tags: ['other'], addVariants: { third: true } },
    succeeds: { on: inShop, body: { name: 'Renamed' } },
  },
  { method: 'POST', path: `${PROJECT}/flags/{flag}/archive`, needs: 'edit', edits: true, succeeds: { on: inShop } },
  { method: 'GET', path: `${ENVIRONMENT}/flags/{flag}`, needs: 'read' },
  {
    method: 'PATCH',
    path: `${ENVIRONMENT}/flags/{flag}`,
    needs: 'edit',
    edits: true,
    body: {
      enabled: true,
      offVariant: 'off',
      rules: [
        { id: 'r', conditions: [{ attribute: 'plan', operator: 'in', values: ['pro'] }], serve: { variant: 'on' } },
      ],
      prerequisites: [],
      targets: [{ variant: 'on', keys: ['ada'] }],
      default: { variant: 'on' },
    },
    succeeds: { body: { enabled: true } },
  },
  {
    method: 'POST',
    path: `${ENVIRONMENT}/evaluate`,
    needs: 'read',
    body: { flag: 'checkout', context: { targetingKey: 'ada', company: { plan: 'pro' } }, explain: true },
    required: ['flag'],
  },
  {
    method: 'POST',
    path: `${PROJECT}/changes`,
    needs: 'edit parts',
    body: { edits: [switchOn] },
    required: ['edits'],
    succeeds: { body: { edits: [switchOn] } },
  },
  { method: 'GET', path: `${PROJECT}/comparison`, needs: 'read', query: ['from', 'to'] },
];
