/** What can be wrong with a request to a route, whatever the route is about. */
import type { MustRefuse } from './judge.ts';
import type { Route, RouteParams } from './route-table.ts';
import { wrongValues } from './wrong-values.ts';

type Request = MustRefuse['request'];
type Cases = readonly MustRefuse[];
type Path = readonly (string | number)[];

const TOO_LARGE = (5 << 20) + 1;

export function unreadableBodies(route: Route, request: Request): Cases {
  const { body: _, ...rest } = request;
  const members = JSON.stringify(route.body ?? {}).slice(1, -1);
  const after = members === '' ? '' : `,${members}`;
  const texts: Readonly<Record<string, string>> = {
    'a cut body': `{${members}`,
    'text that is no JSON': 'name=shop',
    'two bodies': `{${members}}{}`,
    'single quotes': "{'name':'x'}",
    'a member __proto__': `{"__proto__":{"role":"admin"}${after}}`,
    'a member __proto__ further in': `{"x":{"y":[{"__proto__":1}]}${after}}`,
    'an escaped __proto__': `{"\\u005f_proto__":{"role":"admin"}${after}}`,
    'a prototype of a constructor': `{"constructor":{"prototype":{"role":"admin"}}${after}}`,
    ...(route.body === undefined ? {} : { 'an empty body': '' }),
  };
  return Object.entries(texts).map(([what, raw]) => ({ what, request: { ...rest, raw }, code: 'malformed_json' }));
}

export function oversized(_: Route, { body: __, ...rest }: Request): Cases {
  const raw = Buffer.alloc(TOO_LARGE, ' ');
  raw.write('{}', 0);
  return [{ what: 'more than 5 MiB', request: { ...rest, raw }, code: 'body_too_large' }];
}

export function badBodies(route: Route, request: Request): Cases {
  const { body: good, ...rest } = request;
  const members = good as Readonly<Record<string, unknown>>;
  const bad = (what: string, body: unknown, names?: string): MustRefuse => ({
    what,
    request: { ...rest, body },
    code: 'invalid_request',
    ...(names === undefined ? {} : { names }),
  });
  const without = (name: string) => Object.fromEntries(Object.entries(members).filter(([member]) => member !== name));
  return [
    ...[[], 'text', 7, true, null].map((body) => bad(`the body ${JSON.stringify(body)}`, body, '$')),
    bad('no body', undefined),
    bad('an unknown member', { ...members, bogus: 1 }, '$.bogus'),
    bad('an unknown member that objects have', { ...members, toString: 1 }, '$.toString'),
    ...(route.required ?? []).map((name) => bad(`no ${name}`, without(name), `$.${name}`)),
    ...Object.entries(members).map(([name, value]) =>
      bad(`${name} of another type`, { ...members, [name]: typeof value === 'string' ? 7 : 'text' }, `$.${name}`),
    ),
    ...textsIn(members).map((path) => bad('U+0000 in a text', withNul(members, path), jsonPath(path))),
    bad('U+0000 in a name', { ...members, 'a\0b': 1 }, '$'),
    bad('100 levels', { ...members, deep: nested(100) }),
    {
      what: '100,000 levels',
      request: { ...rest, raw: '['.repeat(100_000) + ']'.repeat(100_000) },
      // Of strangers less is read than these 200 kB.
      code: route.needs === 'public' ? ['invalid_request', 'body_too_large'] : 'invalid_request',
    },
    ...(route.required === undefined ? [bad('an edit of nothing', {}, '$')] : []),
    ...wrongValues(route).map(({ what, change, code = 'invalid_request', names }) => ({
      what,
      request: { ...rest, body: { ...members, ...change } },
      code,
      ...(names === undefined ? {} : { names }),
    })),
  ];
}

export function badHeaders(_: Route, request: Request): Cases {
  const bad = (name: string, value: string, code: MustRefuse['code'], names?: string): MustRefuse => ({
    what: `${name}: ${value.slice(0, 20)}`,
    request: { ...request, headers: { ...request.headers, [name]: value } },
    code,
    ...(names === undefined ? {} : { names }),
  });
  const keys = [
    '',
    'short',
    'x'.repeat(15),
    'x'.repeat(256),
    'sixteen and space',
    'é'.repeat(20),
    `${'x'.repeat(20)}\t`,
  ];
  const reasons = ['%zz', '%FF', '%00', '%ED%A0%80', 'x'.repeat(1_025), '%E2%82%AC'.repeat(1_025)];
  return [
    // Node cuts white space around a value, so that a tab at its end is no part of it.
    ...keys.filter((key) => key === key.trim()).map((key) => bad('idempotency-key', key, 'idempotency_key_invalid')),
    ...reasons.map((reason) => bad('flaghoist-reason', reason, 'invalid_request', 'header.flaghoist-reason')),
  ];
}

export function badMatches(_: Route, { headers: __, ...request }: Request): Cases {
  const all = Array.from({ length: 50 }, (_unused, i) => i + 1);
  const bad = (what: string, value: string | undefined, code: MustRefuse['code']): MustRefuse => ({
    what,
    request: { ...request, headers: value === undefined ? {} : { 'if-match': value } },
    code,
    header: 'etag',
  });
  return [
    bad('no If-Match', undefined, 'if_match_missing'),
    bad('an empty If-Match', ' ', 'if_match_missing'),
    bad('a stale If-Match', '"999"', 'precondition_failed'),
    bad('a weak If-Match', all.map((n) => `W/"${n}"`).join(', '), 'precondition_failed'),
    bad('an If-Match without quotes', all.join(', '), 'precondition_failed'),
    bad('an If-Match with something in front', all.map((n) => `"0${n}"`).join(', '), 'precondition_failed'),
  ];
}

export function badCursors(route: Route, request: Request): Cases {
  const cursor = (text: string): string => Buffer.from(text).toString('base64url');
  const numbers = route.pages === 'number' ? ['1:abc', '1:1.5', '1:9007199254740993', '1:Infinity'].map(cursor) : [];
  const cursors = [
    '!!!',
    'x',
    '1:a',
    cursor('2:a'),
    cursor('1:a\0'),
    `${cursor('1:ab')}=`,
    'x'.repeat(513),
    ...numbers,
  ];
  const limits = ['0', '501', '-1', '1.5', 'x', '', '1e2', '%2B5', '0x5', '%00', '5&limit=6'];
  const bad = (name: string, value: string): MustRefuse => ({
    what: `${name} ${value.slice(0, 20)}`,
    request: { ...request, path: `${request.path}?${name}=${value}` },
    code: 'invalid_request',
    names: `query.${name}`,
  });
  return [
    ...cursors.map((one) => bad('cursor', encodeURIComponent(one))),
    bad('cursor', `${cursor('1:1')}&cursor=${cursor('1:2')}`),
    ...limits.map((one) => bad('limit', one)),
  ];
}

const QUERY_VALUES: Readonly<Record<string, readonly string[]>> = {
  environment: ['nowhere', 'production%00', 'Production', '', 'x'.repeat(129)],
  q: ['x'.repeat(257), 'a%00b'],
  tag: ['x'.repeat(65), 'money%00'],
  owner: ['x'.repeat(257), '%00'],
  type: ['feature', 'Boolean', ''],
  // Without an environment even a state that there is means nothing.
  state: ['maybe', 'ON', '', 'on'],
  lifecycle: ['maybe', 'Active', ''],
  sort: ['version', 'KEY', ''],
  order: ['up', 'ASC', ''],
  project: ['nowhere', 'shop%00', 'Shop', '', 'x'.repeat(129)],
  flag: ['x'.repeat(129)],
  maker: ['', 'ada', 'person:', 'person:a%00', 'key:a'],
  from: [
    'yesterday',
    '',
    '-000001-01-01T00:00:00Z',
    '0000-01-01T00:00:00Z',
    '2999-01-01T00:00:00Z',
    '%2B275760-09-13T00:00:00Z',
  ],
  to: ['yesterday', '', '-271821-04-20T00:00:00Z', '-000001-01-01T00:00:00Z', '%2B275760-09-13T00:00:00Z'],
};

export function badQueries(route: Route, request: Request): Cases {
  const bad = (query: string, names?: string): MustRefuse => ({
    what: query.slice(0, 40),
    request: { ...request, path: `${request.path}?${query}` },
    code: 'invalid_request',
    ...(names === undefined ? {} : { names }),
  });
  const known = (route.query ?? []).flatMap((name) =>
    (QUERY_VALUES[name] ?? []).map((value) => [name, value] as const),
  );
  return [
    bad('bogus=1', 'query.bogus'),
    bad('__proto__=1', 'query.__proto__'),
    // An interval is wrong by both of its ends.
    ...known.map(([name, value]) =>
      bad(`${name}=${value}${othersOf(route, name)}`, name === 'to' ? undefined : `query.${name}`),
    ),
  ];
}

/** What a route asks for besides one member. */
function othersOf({ asks = {} }: Route, but: string): string {
  return Object.entries(asks)
    .filter(([name]) => name !== but)
    .map(([name, value]) => `&${name}=${value}`)
    .join('');
}

/** Paths that come near a route's and are not it: nothing is there. */
export function nearPaths(route: Route, request: Request, params: RouteParams): Cases {
  const { path } = request;
  const whole = [
    path.toUpperCase(),
    path.replace('/api/', '/API/'),
    `/${path}`,
    `${path}/`,
    `${path}//`,
    `${path}%2f`,
    `${path};x=1`,
    `${path}%20`,
    `/.${path}`,
    `/x/..${path}`,
    `/%2e%2e${path}`,
    path.replace('/', '/%2f'),
    path.replace('/v1/', '%2fv1/'),
    path.replace('/v1/', '//v1/'),
    path.replace('/v1/', '/v1/%2e/'),
  ];
  const bent = bend(route, params, (value) => [
    ...['/', '%2f', '%2f..', '%20', ';x=1', '.', '%5c', '%25'].map((end) => value + end),
    value.toUpperCase(),
    '',
    '.',
    '..',
    '%2e%2e',
    '%2f',
    '*',
    '%2a',
  ]);
  return lead(request, [...whole, ...bent], 'not_found');
}

/** Paths with U+0000, which no column can hold and no key has. */
export function nulPaths(route: Route, request: Request, params: RouteParams): Cases {
  const bent = bend(route, params, (value) => [
    '%00',
    `${value}%00`,
    `%00${value}`,
    `${value.slice(0, 2)}%00${value.slice(2)}`,
  ]);
  return lead(request, [`${request.path}%00`, ...bent], 'not_found');
}

/** Paths that do not decode to text. */
export function undecodablePaths(route: Route, request: Request, params: RouteParams): Cases {
  const bent = bend(route, params, (value) => ['%FF', '%zz', '%', '%ED%A0%80', '%C0%AF'].map((end) => value + end));
  return lead(request, bent, ['not_found', 'invalid_request']);
}

export function longPaths(route: Route, request: Request, params: RouteParams): Cases {
  return lead(
    request,
    bend(route, params, (value) => [value + 'x'.repeat(200), 'x'.repeat(1_000)]),
    'not_found',
  );
}

/** The route's path with one parameter at a time replaced. */
function bend(route: Route, params: RouteParams, others: (value: string) => readonly string[]): readonly string[] {
  return [...route.path.matchAll(/\{(\w+)\}/g)].flatMap(([whole, name]) => {
    const template = route.path.replace(whole, '\n');
    const path = template.replaceAll(/\{(\w+)\}/g, (_, one: keyof RouteParams) => params[one]);
    return others(params[name as keyof RouteParams]).map((other) => path.replace('\n', () => other));
  });
}

function lead(request: Request, paths: readonly string[], code: MustRefuse['code']): Cases {
  return paths
    .filter((path) => path !== request.path)
    .map((path) => ({ what: 'path', request: { ...request, path }, code }));
}

function textsIn(value: unknown, path: Path = []): readonly Path[] {
  if (typeof value === 'string') return [path];
  if (typeof value !== 'object' || value === null) return [];
  const isList = Array.isArray(value);
  return Object.entries(value).flatMap(([name, member]) => textsIn(member, [...path, isList ? Number(name) : name]));
}

function withNul(value: unknown, [first, ...rest]: Path): unknown {
  if (first === undefined) return `${String(value)}\0`;
  if (Array.isArray(value)) return value.map((item: unknown, i) => (i === first ? withNul(item, rest) : item));
  const members = value as Readonly<Record<string, unknown>>;
  return { ...members, [first]: withNul(members[first], rest) };
}

function jsonPath(path: Path): string {
  return path.reduce<string>((text, part) => text + (typeof part === 'number' ? `[${part}]` : `.${part}`), '$');
}

function nested(levels: number): unknown {
  let value: unknown = 1;
  for (let i = 0; i < levels; i++) value = i % 2 === 0 ? [value] : { in: value };
  return value;
}
