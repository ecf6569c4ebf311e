import { PAGE, type Route } from './route.ts';

const CONNECTIONS = '/api/v1/connections';
const needs = 'administer installation' as const;
const acme = {
  key: 'fresh',
  name: 'Acme',
  issuer: 'https://login.acme.example',
  clientId: 'flaghoist',
  clientSecret: 'a client secret',
  domains: ['acme.example'],
  provision: true,
  grants: [{ role: 'viewer', project: 'shop', environment: null }],
  groups: {
    claim: 'groups',
    grants: [{ group: 'devs', grant: { role: 'editor', project: 'shop', environment: null } }],
  },
};
const { key: _key, issuer: _issuer, ...edit } = acme;
const on = { connection: 'made' };

export const connectionRoutes: readonly Route[] = [
  { method: 'GET', path: CONNECTIONS, needs, query: PAGE, pages: 'text' },
  {
    method: 'POST',
    path: CONNECTIONS,
    needs,
    body: acme,
    required: ['key', 'name', 'issuer', 'clientId', 'clientSecret'],
    succeeds: { body: { ...acme, key: 'made' } },
  },
  {
    method: 'PATCH',
    path: `${CONNECTIONS}/{connection}`,
    needs,
    edits: true,
    body: edit,
    succeeds: { on, body: { name: 'Renamed' } },
  },
  { method: 'POST', path: `${CONNECTIONS}/{connection}/archive`, needs, edits: true, succeeds: { on } },
];
