// @ts-check
/**
 * An identity provider on loopback, with a page on which people say who they are. Its argument is JSON:
 * `{ redirectUri, accounts: { [email]: claims } }`. Prints its issuer and its client as one line of JSON.
 */
import { generateKeyPairSync } from 'node:crypto';
import { createServer } from 'node:http';
import { Provider } from 'oidc-provider';

/** @typedef {import('node:http').IncomingMessage} Request */
/** @typedef {import('node:http').ServerResponse} Response */

const CLIENT = { clientId: 'flaghoist', clientSecret: 'the client secret: 1+1 & 100%' };
const PAGE = `<!doctype html>
<html lang="en"><title>Shop ID</title><link rel="icon" href="data:,">
<h1>Shop ID</h1>
<form method="post"><label>E-mail <input name="email"></label> <button>Continue</button></form>`;

/** @type {{ redirectUri: string, accounts: Record<string, object> }} */
const { redirectUri, accounts } = JSON.parse(process.argv[2] ?? '');
const server = createServer();
await new Promise((resolve) => server.listen(0, 'localhost', () => resolve(undefined)));
const address = server.address();
if (address === null || typeof address === 'string') throw new Error('it listens at no port');
// By name, so that for a browser it is another site than the dashboard at 127.0.0.1.
const issuer = `http://localhost:${address.port}`;

const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const provider = new Provider(issuer, {
  clients: [
    {
      client_id: CLIENT.clientId,
      client_secret: CLIENT.clientSecret,
      redirect_uris: [redirectUri],
      response_types: ['code'],
      grant_types: ['authorization_code'],
    },
  ],
  jwks: { keys: [{ ...privateKey.export({ format: 'jwk' }), kid: 'key', alg: 'RS256', use: 'sig' }] },
  cookies: { keys: ['a key of the tests'] },
  claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name', 'groups'] },
  features: { devInteractions: { enabled: false } },
  interactions: { url: () => '/interaction' },
  ttl: { AccessToken: 60, AuthorizationCode: 60, Grant: 60, IdToken: 60, Interaction: 60, Session: 60 },
  findAccount: (/** @type {unknown} */ _context, /** @type {string} */ email) => ({
    accountId: email,
    claims: () => ({ sub: email, email, email_verified: true, ...accounts[email] }),
  }),
  loadExistingGrant,
});
const answer = provider.callback();

/** Everybody agrees to everything. @param {any} context */
async function loadExistingGrant({ oidc }) {
  const grant = new provider.Grant({ accountId: oidc.session?.accountId, clientId: oidc.client?.clientId });
  grant.addOIDCScope('openid email profile');
  await grant.save();
  return grant;
}

server.on('request', (request, response) => {
  handle(request, response).catch((/** @type {Error} */ error) => response.writeHead(500).end(error.message));
});
process.stdout.write(`${JSON.stringify({ issuer, ...CLIENT })}\n`);

/** @param {Request} request @param {Response} response */
async function handle(request, response) {
  if (request.url !== '/interaction') return answer(request, response);
  if (request.method !== 'POST') return void response.writeHead(200, { 'content-type': 'text/html' }).end(PAGE);
  let body = '';
  for await (const part of request.setEncoding('utf8')) body += part;
  const accountId = new URLSearchParams(body).get('email') ?? '';
  return provider.interactionFinished(request, response, { login: { accountId, remember: false } });
}
