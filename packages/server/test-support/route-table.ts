/** Every route of the management API: who may use it, what it takes, and a write that succeeds. */
import type { Need } from '../src/platform/principal.ts';

/** Path parameters of the content that `content-for-routes.ts` makes. */
export type RouteParams = Readonly<
  Record<'project' | 'environment' | 'flag' | 'segment' | 'key' | 'token' | 'change', string>
>;

export interface Route {
  readonly method: 'GET' | 'POST' | 'PATCH';
  /** As the OpenAPI document writes it. */
  readonly path: string;
  readonly needs: Need;
  /** A body that passes every check but those on what exists. */
  readonly body?: Readonly<Record<string, unknown>>;
  readonly required?: readonly string[];
  /** Whether it asks for If-Match. */
  readonly edits?: true;
  readonly query?: readonly string[];
  /** What a cursor of this list counts by. */
  readonly pages?: 'text' | 'number';
  /** Of a write: parameters and body with which it succeeds while the content is made, in the table's order. */
  readonly succeeds?: { readonly on?: Partial<RouteParams>; readonly body?: Readonly<Record<string, unknown>> };
}

const PROJECT = '/api/v1/projects/{project}';
const ENVIRONMENT = `${PROJECT}/environments/{environment}`;
const PAGE = ['limit', 'cursor'];
const made = { key: 'made', name: 'Made while the content was made' };
const on = { project: 'made', environment: 'made', flag: 'made', segment: 'made' };
const inShop = { ...on, project: 'shop' };
const inProduction = { ...inShop, environment: 'production' };
const switchOn = { environment: 'staging', flag: 'checkout', ifMatch: 2, set: { enabled: true } };

const installation: readonly Route[] = [
  {
    method: 'POST',
    path: '/api/v1/setup',
    needs: 'public',
    body: { setup: 'fhi_x', name: 'admin' },
    required: ['setup'],
  },
  { method: 'GET', path: '/api/v1/status', needs: 'read installation' },
  { method: 'GET', path: '/openapi.json', needs: 'public' },
  { method: 'GET', path: '/api/v1/schemas/ruleset', needs: 'public' },
  { method: 'GET', path: '/api/v1/tokens', needs: 'administer installation', query: PAGE, pages: 'text' },
  {
    method: 'POST',
    path: '/api/v1/tokens',
    needs: 'administer installation',
    body: { name: 'ci', role: 'viewer', project: 'shop', expiresAt: '2099-01-01T00:00:00Z' },
    required: ['name', 'role'],
    succeeds: { body: { name: 'made', role: 'viewer' } },
  },
  { method: 'POST', path: '/api/v1/tokens/{token}/revoke', needs: 'administer installation', succeeds: {} },
  { method: 'GET', path: '/api/v1/projects', needs: 'read projects', query: PAGE, pages: 'text' },
  {
    method: 'POST',
    path: '/api/v1/projects',
    needs: 'administer installation',
    body: { key: 'fresh', name: 'Fresh', environments: ['production'] },
    required: ['key'],
    succeeds: { body: { ...made, environments: ['production'] } },
  },
];

const projects: readonly Route[] = [
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
    body: { name: 'Live' },
    required: ['name'],
    succeeds: { on: inShop, body: { name: 'Renamed' } },
  },
  { method: 'POST', path: `${ENVIRONMENT}/archive`, needs: 'administer', edits: true, succeeds: { on: inShop } },
];

const keys: readonly Route[] = [
  { method: 'GET', path: `${PROJECT}/keys`, needs: 'read', query: [...PAGE, 'environment'], pages: 'text' },
  {
    method: 'POST',
    path: `${PROJECT}/keys`,
    needs: 'administer',
    body: {
      kind: 'client',
      name: 'web',
      environments: ['production'],
      origins: ['https://shop.example'],
      expiresAt: '2099-01-01T00:00:00Z',
    },
    required: ['kind', 'environments'],
    succeeds: { body: { kind: 'server', environments: ['production'] } },
  },
  { method: 'POST', path: `${PROJECT}/keys/{key}/revoke`, needs: 'administer', succeeds: {} },
];

const flags: readonly Route[] = [
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
];

const segments: readonly Route[] = [
  { method: 'GET', path: `${ENVIRONMENT}/segments`, needs: 'read', query: PAGE, pages: 'text' },
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

const history: readonly Route[] = [
  { method: 'GET', path: `${PROJECT}/changes`, needs: 'read', query: [...PAGE, 'environment'], pages: 'number' },
  {
    method: 'POST',
    path: `${PROJECT}/changes`,
    needs: 'edit',
    body: { edits: [switchOn] },
    required: ['edits'],
    succeeds: { body: { edits: [switchOn] } },
  },
  { method: 'GET', path: `${PROJECT}/changes/{change}`, needs: 'read' },
  { method: 'GET', path: `${PROJECT}/watch`, needs: 'read', query: ['environment'] },
  { method: 'GET', path: `${ENVIRONMENT}/audit`, needs: 'read', query: PAGE, pages: 'number' },
  { method: 'GET', path: `${ENVIRONMENT}/audit/verify`, needs: 'read' },
  { method: 'GET', path: `${ENVIRONMENT}/evaluations`, needs: 'read', query: ['flag', 'from', 'to'] },
];

export const ROUTES: readonly Route[] = [...installation, ...projects, ...flags, ...segments, ...keys, ...history];

export function fill(path: string, params: RouteParams): string {
  return path.replaceAll(/\{(\w+)\}/g, (_, name: keyof RouteParams) => encodeURIComponent(params[name]));
}

export function isWrite(route: Route): boolean {
  return route.method !== 'GET' && !route.path.endsWith('/evaluate');
}
