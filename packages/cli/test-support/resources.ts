/** One of each resource, as the management API answers it. */
export const at = '2026-11-21T10:00:00.000Z';
export const shop = { key: 'shop', name: 'Shop', createdAt: at, archivedAt: null, version: 3 };
export const production = {
  ...shop,
  id: 'e1',
  project: 'shop',
  key: 'production',
  name: 'Production',
  holdSeconds: null,
  epoch: 1,
  revision: 43,
};
export const flag = {
  project: 'shop',
  key: 'checkout',
  type: 'boolean',
  name: 'Check-out',
  description: '',
  owner: 'pay',
  tags: ['web'],
  variants: ['on', 'off'],
  lifecycle: 'active',
  createdAt: at,
  changedAt: at,
  version: 2,
  environments: [
    { environment: 'staging', enabled: true, serves: 'on', revision: 4, changedAt: at },
    { environment: 'production', enabled: false, serves: 'off', revision: 9, changedAt: at },
  ],
};
export const staff = {
  project: 'shop',
  environment: 'production',
  key: 'staff',
  included: ['ann'],
  excluded: [],
  conditions: [{ attribute: 'mail', operator: 'endsWith', values: ['@example.org'], negate: true }],
  revision: 5,
};
export const staffSummary = { key: 'staff', included: 1, excluded: 0, conditions: 1, revision: 5, changedAt: at };
export const key = {
  id: 'k1',
  kind: 'client',
  name: 'web',
  environments: ['production'],
  origins: ['https://example.org'],
  createdAt: at,
  createdBy: 'ann',
  expiresAt: null,
  revokedAt: null,
  rateLimit: null,
};
export const token = {
  id: 't1',
  name: 'ci',
  role: 'editor',
  project: null,
  createdAt: at,
  createdBy: 'ann',
  expiresAt: '2029-01-01T00:00:00Z',
  revokedAt: null,
};
export const change = {
  id: 'c1',
  project: 'shop',
  action: 'flag.edit',
  state: 'applied',
  author: 'ann',
  authorId: 'token:t1',
  reason: 'launch',
  at,
  reverts: null,
  revertedBy: null,
  revisions: [{ environment: 'production', epoch: 1, revision: 43 }],
  entities: [{ environment: 'production', kind: 'flag', key: 'checkout', deleted: false }],
  entityCount: 1,
};
