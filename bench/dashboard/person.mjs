// @ts-check
/**
 * Invites somebody who may do everything, accepts for them, and answers their session cookie.
 *
 * @param {import('../product/management.mjs').Management} management
 * @param {string} url
 */
export async function hirePerson(management, url) {
  const grants = [{ role: 'admin', project: null, environment: null }];
  const { body } = await management.post('/invitations', { email: 'ada@bench.example', grants });
  const secret = new URL(body.link).hash.slice(1);
  const response = await fetch(`${url}/api/v1/invitations/accept`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: url, 'sec-fetch-site': 'same-origin' },
    body: JSON.stringify({ secret, name: 'Ada', password: 'seven keys on one ring' }),
  });
  if (response.status !== 201) throw new Error(`The invitation was not accepted: ${await response.text()}`);
  const [pair = ''] = (response.headers.get('set-cookie') ?? '').split(';');
  const at = pair.indexOf('=');
  return { name: pair.slice(0, at), value: pair.slice(at + 1) };
}
