/** Bodies of the right shape that mean something impossible, by route. */
import type { RefusalCode } from '../src/platform/refusal.ts';
import type { Route } from './route-table.ts';

export interface WrongValue {
  readonly what: string;
  /** Members that replace those of the route's body. */
  readonly change: Readonly<Record<string, unknown>>;
  readonly code?: RefusalCode;
  readonly names?: string;
}

const BAD_KEYS = ['', ' ', 'a b', '-a', '.a', '../src/a', 'a/b', 'ä', 'a\n', 'x'.repeat(129)];
const badKeys = (member: string): readonly WrongValue[] =>
  BAD_KEYS.map((key) => ({
    what: `${member} ${JSON.stringify(key).slice(0, 20)}`,
    change: { [member]: key },
    names: `$.${member}`,
  }));
/** Characters that nobody sees, and those that turn what stands around them. */
const UNSEEN = ['\n', '\t', '\u001b', '\u007f', '\u0085', '\u202a', '\u202e', '\u2066', '\u2069'];
const unseenIn = (member: string, wrap = (text: string): unknown => text, at = `$.${member}`): readonly WrongValue[] =>
  UNSEEN.map((character) => ({
    what: `${member} with U+${character.charCodeAt(0).toString(16)}`,
    change: { [member]: wrap(`pay${character}load`) },
    names: at,
  }));
const badNames = (member: string): readonly WrongValue[] => [
  { what: `an empty ${member}`, change: { [member]: '' }, names: `$.${member}` },
  { what: `a ${member} of 257 characters`, change: { [member]: 'x'.repeat(257) }, names: `$.${member}` },
  ...unseenIn(member),
];
const expiries: readonly WrongValue[] = [
  'soon',
  '',
  '2001-01-01T00:00:00Z',
  '2099-13-01T00:00:00Z',
  '2099-01-01',
  '9999-12-31T23:59:59-23:59',
].map((expiresAt) => ({ what: `expires ${expiresAt}`, change: { expiresAt }, names: '$.expiresAt' }));

const rule = (change: object) => ({
  rules: [
    {
      id: 'r',
      conditions: [{ attribute: 'plan', operator: 'in', values: ['pro'] }],
      serve: { variant: 'on' },
      ...change,
    },
  ],
});
const condition = (change: object) => ({
  conditions: [{ attribute: 'plan', operator: 'in', values: ['pro'], ...change }],
});
const edits = (...list: readonly object[]) => ({ edits: list });
const good = { environment: 'staging', flag: 'checkout', ifMatch: 3, set: { enabled: true } };

const WRONG: Readonly<Record<string, readonly WrongValue[]>> = {
  'POST /api/v1/setup': [
    { what: 'a secret of another kind', change: { setup: 'hunter2' }, code: 'setup_invalid' },
    { what: 'an empty secret', change: { setup: '' }, code: 'setup_invalid' },
    { what: 'a long secret', change: { setup: 'x'.repeat(257) }, names: '$.setup' },
    ...badNames('name'),
  ],
  'POST /api/v1/tokens': [
    { what: 'an unknown role', change: { role: 'owner' }, names: '$.role' },
    { what: 'an unknown project', change: { project: 'nowhere' }, names: '$.project' },
    ...badNames('name'),
    ...badKeys('project'),
    ...expiries,
  ],
  'POST /api/v1/projects': [
    ...badKeys('key'),
    ...badNames('name'),
    { what: 'a key that is taken', change: { key: 'shop' }, code: 'already_exists' },
    { what: 'the key of an archived project', change: { key: 'made' }, code: 'already_exists' },
    { what: 'an environment twice', change: { environments: ['a', 'a'] }, names: '$.environments' },
    { what: 'an environment without a key', change: { environments: ['a', ''] }, names: '$.environments[1]' },
    {
      what: '51 environments',
      change: { environments: Array.from({ length: 51 }, (_, i) => `e${i}`) },
      names: '$.environments',
    },
  ],
  'PATCH /api/v1/projects/{project}': badNames('name'),
  'POST /api/v1/projects/{project}/environments': [
    ...badKeys('key'),
    ...badNames('name'),
    { what: 'a key that is taken', change: { key: 'production' }, code: 'already_exists' },
    { what: 'the key of an archived environment', change: { key: 'made' }, code: 'already_exists' },
  ],
  'PATCH /api/v1/projects/{project}/environments/{environment}': badNames('name'),
  'POST /api/v1/projects/{project}/keys': [
    { what: 'an unknown kind', change: { kind: 'admin' }, names: '$.kind' },
    { what: 'no environment', change: { environments: [] }, names: '$.environments' },
    { what: 'an unknown environment', change: { environments: ['nowhere'] }, names: '$.environments[0]' },
    { what: 'an archived environment', change: { environments: ['made'] }, names: '$.environments[0]' },
    { what: 'two environments', change: { environments: ['production', 'staging'] }, names: '$.environments' },
    { what: 'an environment twice', change: { environments: ['production', 'production'] }, names: '$.environments' },
    { what: 'origins of a server key', change: { kind: 'server' }, names: '$.origins' },
    { what: 'an origin with a path', change: { origins: ['https://shop.example/a'] }, names: '$.origins[0]' },
    { what: 'an origin of another scheme', change: { origins: ['javascript:alert(1)'] }, names: '$.origins[0]' },
    ...badNames('name'),
    ...expiries,
  ],
  'POST /api/v1/projects/{project}/flags': [
    ...badKeys('key'),
    ...badNames('name'),
    ...badKeys('offVariant'),
    { what: 'a key that is taken', change: { key: 'checkout' }, code: 'already_exists' },
    { what: 'the key of an archived flag', change: { key: 'made' }, code: 'key_retired' },
    { what: 'an unknown type', change: { type: 'feature' }, names: '$.type' },
    { what: 'no variant', change: { variants: {} }, names: '$.variants' },
    { what: 'a value of another type', change: { variants: { a: 'A', b: 7 } }, names: '$.variants.b' },
    { what: 'a variant without a name', change: { variants: { a: 'A', b: 'B', '': 'C' } } },
    { what: 'an off variant that is none', change: { offVariant: 'c' }, names: '$.offVariant' },
    { what: 'a default variant that is none', change: { defaultVariant: 'c' } },
    { what: 'a tag twice', change: { tags: ['one', 'one'] }, names: '$.tags' },
    { what: '51 tags', change: { tags: Array.from({ length: 51 }, (_, i) => `t${i}`) }, names: '$.tags' },
    { what: 'a long description', change: { description: 'x'.repeat(4_097) }, names: '$.description' },
    { what: 'a description with U+202E', change: { description: 'a\nb\u202ec' }, names: '$.description' },
    { what: 'a description with U+001B', change: { description: 'a\tb\u001bc' }, names: '$.description' },
    ...unseenIn('owner'),
    ...unseenIn('tags', (text) => [text], '$.tags[0]'),
  ],
  'PATCH /api/v1/people/{person}': [
    {
      what: 'tokens to revoke of somebody who is not disabled',
      change: { revokeTokens: true },
      names: '$.revokeTokens',
    },
  ],
  'POST /api/v1/connections': badNames('name'),
  'PATCH /api/v1/connections/{connection}': badNames('name'),
  'POST /api/v1/invitations': badNames('name'),
  'PATCH /api/v1/projects/{project}/flags/{flag}': [
    ...badNames('name'),
    { what: 'a variant that it has', change: { addVariants: { on: true } }, names: '$.addVariants.on' },
    { what: 'a value of another type', change: { addVariants: { extra: 'x' } }, names: '$.addVariants.extra' },
    { what: 'a variant with a bad name', change: { addVariants: { 'a b': true } } },
  ],
  'PATCH /api/v1/projects/{project}/environments/{environment}/flags/{flag}': [
    { what: 'an off variant that is none', change: { offVariant: 'maybe' }, names: '$.offVariant' },
    { what: 'a default that is none', change: { default: { variant: 'maybe' } }, names: '$.default.variant' },
    { what: 'a default with an unknown member', change: { default: { variant: 'on', x: 1 } }, names: '$.default.x' },
    { what: 'a value too few', change: { variants: { on: true } }, names: '$.variants' },
    { what: 'a value too many', change: { variants: { on: true, off: false, x: true } }, names: '$.variants.x' },
    { what: 'a value of another type', change: { variants: { on: 'yes', off: false } }, names: '$.variants.on' },
    { what: 'a rule without an id', change: rule({ id: '' }), names: '$.rules[0].id' },
    { what: 'a rule without conditions', change: rule({ conditions: [] }), names: '$.rules[0].conditions' },
    {
      what: 'an unknown operator',
      change: rule(condition({ operator: 'equals' })),
      names: '$.rules[0].conditions[0].operator',
    },
    {
      what: 'a pattern that is no RE2 syntax',
      change: rule(condition({ operator: 'matches', values: ['a(?=b)'] })),
      names: '$.rules[0].conditions[0].values[0]',
    },
    {
      what: 'a prerequisite that is not there',
      change: { prerequisites: [{ flag: 'nothing', variants: ['on'] }] },
      names: '$.prerequisites[0].flag',
    },
    {
      what: 'itself as prerequisite',
      change: { prerequisites: [{ flag: 'checkout', variants: ['on'] }] },
      names: '$.prerequisites[0].flag',
    },
    { what: 'a rule with an unknown member', change: rule({ unless: 1 }), names: '$.rules[0].unless' },
    { what: 'a rule that serves nothing', change: rule({ serve: {} }), names: '$.rules[0].serve' },
    {
      what: 'a target that is none',
      change: { targets: [{ variant: 'maybe', keys: ['ada'] }] },
      names: '$.targets[0].variant',
    },
  ],
  'POST /api/v1/projects/{project}/environments/{environment}/evaluate': [
    ...badKeys('flag'),
    { what: 'a list as context', change: { context: [] }, names: '$.context' },
    { what: 'a text as explain', change: { explain: 'yes' }, names: '$.explain' },
    { what: 'a draft of nothing', change: { draft: {} }, names: '$.draft' },
    { what: 'an unknown member of a draft', change: { draft: { on: true } }, names: '$.draft.on' },
    { what: 'an off variant that is none', change: { draft: { offVariant: 'x' } }, names: '$.draft.offVariant' },
    {
      what: 'a rule without conditions',
      change: { draft: rule({ conditions: [] }) },
      names: '$.draft.rules[0].conditions',
    },
    {
      what: 'a prerequisite that is not there',
      change: { draft: { prerequisites: [{ flag: 'nothing', variants: ['on'] }] } },
      names: '$.draft.prerequisites[0].flag',
    },
    { what: 'a draft of an archived flag', change: { flag: 'made' }, code: 'not_found' },
  ],
  'POST /api/v1/me/filters': [
    { what: 'an unknown project', change: { project: 'nowhere' }, names: '$.project' },
    { what: 'a name that is taken', change: { name: 'mine' }, code: 'already_exists' },
    { what: 'an empty name', change: { name: '' }, names: '$.name' },
    { what: 'a long name', change: { name: 'x'.repeat(101) }, names: '$.name' },
    ...unseenIn('name'),
    { what: 'a long query', change: { query: 'x'.repeat(1_025) }, names: '$.query' },
    { what: 'a query that is not encoded', change: { query: 'tag=a b' }, names: '$.query' },
  ],
  'POST /api/v1/projects/{project}/environments/{environment}/segments': [
    ...badKeys('key'),
    { what: 'a key that is taken', change: { key: 'beta' }, code: 'already_exists' },
    { what: 'the key of an archived segment', change: { key: 'made' }, code: 'key_retired' },
    { what: 'an empty included key', change: { included: ['ada', ''] }, names: '$.included[1]' },
    { what: 'an unknown operator', change: condition({ operator: 'equals' }), names: '$.conditions[0].operator' },
  ],
  'PATCH /api/v1/projects/{project}/environments/{environment}/segments/{segment}': [
    { what: 'a long excluded key', change: { excluded: ['x'.repeat(1_025)] }, names: '$.excluded[0]' },
    { what: 'values of another type', change: condition({ values: 'pro' }), names: '$.conditions[0].values' },
    {
      what: 'a pattern that does not compile',
      change: condition({ operator: 'matches', values: ['('] }),
      names: '$.conditions[0].values[0]',
    },
  ],
  'POST /api/v1/projects/{project}/changes': [
    { what: 'no edit', change: edits(), names: '$.edits' },
    { what: '501 edits', change: edits(...Array.from({ length: 501 }, () => good)), names: '$.edits' },
    { what: 'an edit of nothing', change: edits({ ...good, flag: undefined }), names: '$.edits[0]' },
    { what: 'an edit of two entities', change: edits({ ...good, segment: 'beta' }), names: '$.edits[0]' },
    { what: 'an edit twice', change: edits(good, good), names: '$.edits[1]' },
    { what: 'no environment', change: edits({ ...good, environment: undefined }), names: '$.edits[0].environment' },
    {
      what: 'an unknown environment',
      change: edits({ ...good, environment: 'nowhere' }),
      names: '$.edits[0].environment',
    },
    {
      what: 'an archived environment',
      change: edits({ ...good, environment: 'made' }),
      names: '$.edits[0].environment',
    },
    { what: 'an unknown flag', change: edits({ ...good, flag: 'nothing' }), code: 'not_found' },
    { what: 'no revision', change: edits({ ...good, ifMatch: undefined }), names: '$.edits[0].ifMatch' },
    { what: 'a revision of 0', change: edits({ ...good, ifMatch: 0 }), names: '$.edits[0].ifMatch' },
    { what: 'a stale revision', change: edits({ ...good, ifMatch: 999 }), code: 'precondition_failed' },
    { what: 'an unknown member of an edit', change: edits({ ...good, x: 1 }), names: '$.edits[0].x' },
    { what: 'an unknown member of a flag', change: edits({ ...good, set: { enabled: true, x: 1 } }) },
  ],
};

export function wrongValues({ method, path }: Route): readonly WrongValue[] {
  return WRONG[`${method} ${path}`] ?? [];
}
