import { PAGE, type Route } from './route.ts';

const password = 'lines of old verse';
const grants = [{ role: 'viewer', project: 'shop', environment: null }];

/** What somebody may ask who is not signed in. */
const strangers: readonly Route[] = [
  { method: 'GET', path: '/api/v1/sign-in', needs: 'public' },
  {
    method: 'POST',
    path: '/api/v1/setup',
    needs: 'public',
    body: { setup: 'fhi_x', name: 'admin' },
    required: ['setup'],
  },
  {
    method: 'POST',
    path: '/api/v1/setup/account',
    needs: 'public',
    body: { setup: 'fhi_x', email: 'ada@shop.example', name: 'Ada', password },
    required: ['setup', 'email', 'name', 'password'],
  },
  {
    method: 'POST',
    path: '/api/v1/session',
    needs: 'public',
    body: { email: 'nobody@shop.example', password },
    required: ['email', 'password'],
  },
  { method: 'POST', path: '/api/v1/session/code', needs: 'public', body: { code: '123456' }, required: ['code'] },
  {
    method: 'POST',
    path: '/api/v1/password/reset',
    needs: 'public',
    body: { secret: 'fhp_x', password },
    required: ['secret', 'password'],
  },
  {
    method: 'POST',
    path: '/api/v1/invitations/read',
    needs: 'public',
    body: { secret: 'fhj_x' },
    required: ['secret'],
  },
  {
    method: 'POST',
    path: '/api/v1/invitations/accept',
    needs: 'public',
    body: { secret: 'fhj_x', name: 'Ada', password },
    required: ['secret', 'name', 'password'],
  },
];

const me: readonly Route[] = [
  { method: 'GET', path: '/api/v1/session', needs: 'person' },
  { method: 'POST', path: '/api/v1/session/end', needs: 'person' },
  { method: 'GET', path: '/api/v1/me/sessions', needs: 'person' },
  { method: 'POST', path: '/api/v1/me/sessions/{session}/revoke', needs: 'person' },
  { method: 'PATCH', path: '/api/v1/me', needs: 'person', body: { name: 'Ada' }, required: ['name'] },
  {
    method: 'POST',
    path: '/api/v1/me/password',
    needs: 'person',
    body: { current: password, password: 'seven small islands' },
    required: ['current', 'password'],
  },
  { method: 'POST', path: '/api/v1/me/totp', needs: 'person', body: { password }, required: ['password'] },
  { method: 'POST', path: '/api/v1/me/totp/confirm', needs: 'person', body: { code: '123456' }, required: ['code'] },
  { method: 'POST', path: '/api/v1/me/totp/remove', needs: 'person', body: { password }, required: ['password'] },
];

const others: readonly Route[] = [
  { method: 'GET', path: '/api/v1/people', needs: 'administer something', query: PAGE, pages: 'text' },
  { method: 'GET', path: '/api/v1/people/{person}', needs: 'administer something' },
  {
    method: 'PATCH',
    path: '/api/v1/people/{person}',
    needs: 'administer something',
    edits: true,
    body: { grants, disabled: false },
    succeeds: { body: { grants: [{ role: 'admin', project: null, environment: null }, ...grants] } },
  },
  {
    method: 'POST',
    path: '/api/v1/people/{person}/reset',
    needs: 'administer installation',
    succeeds: {},
  },
  { method: 'GET', path: '/api/v1/invitations', needs: 'administer something', query: PAGE, pages: 'text' },
  {
    method: 'POST',
    path: '/api/v1/invitations',
    needs: 'administer something',
    body: { email: 'eve@shop.example', name: 'Eve', grants },
    required: ['email', 'grants'],
    succeeds: { body: { email: 'bob@shop.example', grants } },
  },
  { method: 'POST', path: '/api/v1/invitations/{invitation}/revoke', needs: 'administer something', succeeds: {} },
];

export const identityRoutes: readonly Route[] = [...strangers, ...me, ...others];
