/** Sessions are made where nobody can listen, and nowhere else. */
import { expect, it } from 'vitest';
import { openChromium } from '../browser/chromium.ts';
import { startServer } from '../running-server.ts';
import { openScene } from '../scene.ts';
import { openDesk } from './desk.ts';
import { ADA, openOffice } from './office.ts';
import { startForwardProxy, startTlsProxy } from './proxies.ts';

it('behind a proxy that speaks TLS a session lives in a cookie for this host alone, out of reach of scripts', async () => {
  const scene = openScene();
  const proxy = await startTlsProxy(scene);
  const server = await startServer(scene, { data: await scene.folder(), args: ['--public-url', proxy.url] });
  proxy.serve(server.port);
  const desk = await openDesk(scene, await openChromium(scene), proxy.url, { ignoreHTTPSErrors: true });
  const { page } = desk;
  expect(server.setupUrl).toMatch(new RegExp(`^${proxy.url}/setup#`));
  await page.goto(server.setupUrl ?? '');
  await page.getByLabel('Your name').fill(ADA.name);
  await page.getByLabel('E-mail').fill(ADA.email);
  await page.getByLabel('Password', { exact: true }).fill(ADA.password);
  await page.getByRole('button', { name: 'Create the account' }).click();
  await page.getByLabel('Name', { exact: true }).fill('Shop');
  await page.getByRole('button', { name: 'Create the project' }).click();
  await page.waitForURL('**/projects/shop/flags');

  const kept = (await page.context().cookies()).filter(({ name }) => name.includes('flaghoist'));
  const secure = { secure: true, httpOnly: true, sameSite: 'Lax', path: '/', domain: 'localhost' };
  expect(kept).toEqual([expect.objectContaining({ name: '__Host-flaghoist', ...secure })]);
  expect(await page.evaluate('document.cookie')).not.toContain('flaghoist');
  // The watch stream comes through the proxy, too.
  await page.getByRole('button', { name: /^Connected\./ }).waitFor();
  await page.reload();
  await page.getByRole('heading', { name: 'Flags', level: 1 }).waitFor();
}, 120_000);

it('at an address where others can listen nobody signs in, and the page says what to do', async () => {
  const scene = openScene();
  const office = await openOffice(scene);
  const proxy = { server: await startForwardProxy(scene, office.server.port) };
  // Where others can listen, browsers do without a header that keeps pages apart, and say so.
  const expects = /Cross-Origin-Opener-Policy header has been ignored/;
  const desk = await openDesk(scene, office.browser, 'http://flags.example', { proxy, expects });
  const { page } = desk;
  await page.goto('/projects/shop/flags');
  await page.getByRole('heading', { name: 'Signing in is not possible at this address' }).waitFor();
  await page.getByText('http://flags.example', { exact: true }).waitFor();
  await page.getByText(/Signing in needs https: put a proxy with TLS in front of the server/).waitFor();
  expect(await page.getByRole('textbox').count()).toBe(0);
  await desk.expectAccessible();
  await desk.keep('insecure-address');

  // Who asks for a session all the same gets none.
  const body = JSON.stringify({ email: ADA.email, password: ADA.password });
  const init = JSON.stringify({ method: 'POST', headers: { 'content-type': 'application/json' }, body });
  const answer = await page.evaluate(`fetch('/api/v1/session', ${init}).then((answer) => answer.json())`);
  expect(answer).toMatchObject({ code: 'insecure_origin' });
  expect(await page.context().cookies()).toEqual([]);
}, 120_000);
