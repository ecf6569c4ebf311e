/** 300 texts that are no markup stand in every field that takes them, and show as what they are; names refuse a few. */
import { createDatabase } from '@flaghoist/testkit/postgres';
import { expect, inject, it } from 'vitest';
import type { ManagementApi } from '../management-api.ts';
import { openScene } from '../scene.ts';
import { until } from '../until.ts';
import type { Desk } from './desk.ts';
import { HOSTILE_STRINGS, MARK, NAMES, NO_NAMES } from './hostile-strings.ts';
import { openOffice } from './office.ts';

const AT_ONCE = 8;
const SHOWN_WITHIN_MS = 60_000;
/** Long lists show more of themselves at once. */
const TALL = { width: 1280, height: 2_400 };
const [FIRST = ''] = HOSTILE_STRINGS;

it('Texts that look like markup, scripts or queries are shown as texts, on every page', async () => {
  const scene = openScene();
  const database = await createDatabase(inject('flaghoistPostgresUrl'));
  scene.atEnd(() => database.drop());
  const office = await openOffice(scene, { databaseUrl: database.url });
  await fill(office.api);
  await expectRefused(office.api);
  const desk = await office.seat(office.ada);
  await desk.page.setViewportSize(TALL);
  desk.page.on('dialog', (dialog) => {
    expect.soft(dialog.message(), 'a dialog that a text opened').toBe('none');
    void dialog.dismiss();
  });

  await expectShown(desk, '/projects/shop/flags?sort=key', NAMES);
  await expectShown(desk, '/projects/shop/history');
  await expectShown(desk, '/projects/shop/keys', NAMES);
  await expectShown(desk, '/projects/shop/segments/crowd?env=production');
  await expectShown(desk, '/projects/shop/settings?tab=tokens', NAMES);
  await expectShown(desk, '/projects', NAMES);
  await expectShown(desk, '/projects/wide/environments', NAMES);
  await expectShown(desk, '/people?tab=invitations', NAMES);
  await expectShown(desk, '/projects/shop/flags/rules?env=production', HOSTILE_STRINGS.slice(0, 10));
  await expectShown(desk, '/projects/shop/compare?from=staging&to=production', ['crowd']);
  await expectFields(desk);
}, 300_000);

/** Every string in every field that can be there often and takes it; one after the other where there is one. */
async function fill(api: ManagementApi): Promise<void> {
  const [project, environment] = ['shop', 'production'];
  await api.write('POST', '/projects', { key: project, name: FIRST, environments: [environment, 'staging'] });
  await api.write('POST', '/projects', { key: 'wide', name: 'Wide' });
  const rules = {
    rules: [{ id: 'r', description: FIRST, conditions: conditions(), serve: { variant: 'on' } }],
    targets: [{ variant: 'on', keys: HOSTILE_STRINGS }],
  };
  await api.write('POST', `/projects/${project}/flags`, { key: 'rules', type: 'boolean' });
  await api.configure(project, environment, 'rules', rules);
  const crowd = { key: 'crowd', included: HOSTILE_STRINGS, excluded: HOSTILE_STRINGS, conditions: conditions() };
  await api.write('POST', `/projects/${project}/environments/${environment}/segments`, crowd);
  await each(HOSTILE_STRINGS, async (text, i) => {
    const texts = NAMES.includes(text) ? { name: text, description: text, owner: text, tags: [text] } : {};
    const flag = { key: `f-${i}`, type: 'object', ...texts };
    const variants = { on: { text }, off: {} };
    await api.write('POST', `/projects/${project}/flags`, { ...flag, variants, offVariant: 'off' }, { reason: text });
  });
  await each(NAMES, (text) =>
    api.write('POST', `/projects/${project}/keys`, { kind: 'server', name: text, environments: [environment] }),
  );
  await each(NAMES, (text) => api.write('POST', '/tokens', { name: text, role: 'viewer' }));
  await each(NAMES, (text, i) => api.write('POST', '/projects', { key: `p-${i}`, name: text }));
  await each(NAMES, (text, i) => api.write('POST', '/projects/wide/environments', { key: `e-${i}`, name: text }));
  const grants = [{ role: 'viewer', project, environment: null }];
  await each(NAMES, (name, i) => api.write('POST', '/invitations', { email: `x${i}@shop.example`, name, grants }));
}

function conditions(): readonly object[] {
  return [{ attribute: 'name', operator: 'in', values: HOSTILE_STRINGS }];
}

/** Where nobody would see them or they would turn what stands beside them, they are refused, and the field is named. */
async function expectRefused(api: ManagementApi): Promise<void> {
  expect(NO_NAMES.length).toBeGreaterThan(5);
  const flag = { key: 'refused', type: 'boolean' };
  const [named, flags] = [{ key: 'refused', name: '' }, '/projects/shop/flags'];
  const grants = [{ role: 'viewer', project: 'shop', environment: null }];
  const fields: readonly (readonly [string, string, (text: string) => object])[] = [
    [flags, '$.name', (name) => ({ ...flag, name })],
    [flags, '$.owner', (owner) => ({ ...flag, owner })],
    [flags, '$.tags[0]', (tag) => ({ ...flag, tags: [tag] })],
    ['/projects', '$.name', (name) => ({ ...named, name })],
    ['/projects/wide/environments', '$.name', (name) => ({ ...named, name })],
    ['/projects/shop/keys', '$.name', (name) => ({ kind: 'server', environments: ['staging'], name })],
    ['/tokens', '$.name', (name) => ({ role: 'viewer', name })],
    ['/invitations', '$.name', (name) => ({ email: 'refused@shop.example', grants, name })],
  ];
  for (const [path, field, body] of fields)
    await each(NO_NAMES, async (text) => {
      const answer = await api.send('POST', path, body(text));
      const errors = [{ path: field, code: 'unseen_character', message: expect.stringContaining('Leave it out') }];
      expect([path, answer.status, answer.body]).toEqual([path, 400, expect.objectContaining({ errors })]);
    });
}

async function each(texts: readonly string[], write: (text: string, i: number) => Promise<unknown>): Promise<void> {
  for (let i = 0; i < texts.length; i += AT_ONCE)
    await Promise.all(texts.slice(i, i + AT_ONCE).map((text, at) => write(text, i + at)));
}

/** Every text is found in a text of the page while one scrolls to its end; nothing of them became anything else. */
async function expectShown({ page }: Desk, path: string, texts: readonly string[] = HOSTILE_STRINGS): Promise<void> {
  await page.goto(path);
  await page.getByRole('heading', { level: 1 }).waitFor();
  const seen = new Set<string>();
  let down = true;
  await until(`every text on ${path}`, SHOWN_WITHIN_MS, async () => {
    for (const text of await page.evaluate<string[]>(READ_TEXTS)) seen.add(text);
    const all = [...seen].join('\n');
    const missing = texts.filter((text) => !all.includes(text));
    if (missing.length === 0) return true;
    const more = page.getByRole('button', { name: /^Show (?:older|more)/ });
    if (await more.isVisible()) await more.click().catch(() => undefined);
    // What is loaded on the way moves what stands below: whatever was passed over is met on the way back.
    const place = await page.evaluate<'top' | 'end' | 'between'>(PLACE);
    if (place !== 'between') down = place === 'top';
    await page.mouse.wheel(0, down ? TALL.height / 2 : -TALL.height / 2);
    await page.evaluate(DRAWN);
    return undefined;
  }).catch((error: Error) => {
    const all = [...seen].join('\n');
    const missing = texts.filter((text) => !all.includes(text));
    throw new Error(`${error.message}: ${missing.length} are missing: ${JSON.stringify(missing.slice(0, 5))}`);
  });
  await expectHarmless(page.url(), page);
}

/** The pieces of text on the page, and what stands in its fields. */
const READ_TEXTS = `(() => {
  const found = [...document.querySelectorAll('input, textarea')].map((field) => field.value);
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) found.push(walker.currentNode.data);
  return found;
})()`;

const PLACE = `(({ scrollTop, scrollHeight }) =>
  scrollTop === 0 ? 'top' : scrollTop + innerHeight >= scrollHeight - 2 ? 'end' : 'between')(document.scrollingElement)`;

/** Resolves when what was scrolled to is drawn: a second turn of the wheel before that would pass rows over. */
const DRAWN = `new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)))`;

async function expectHarmless(where: string, page: Desk['page']): Promise<void> {
  const made = await page.evaluate(
    `[window.${MARK}, document.querySelectorAll('img[src="x"], marquee, iframe, object, video, audio, base, x-element, form[action="/x"]').length, document.title]`,
  );
  expect(made, where).toEqual([undefined, 0, expect.stringContaining('Flaghoist')]);
}

/** Each typed into a field: it keeps the text, and the page stands. */
async function expectFields({ page }: Desk): Promise<void> {
  await page.goto('/projects/shop/flags/new');
  const fields = ['Name', 'Description', 'Owner'].map((label) => page.getByLabel(label, { exact: false }).first());
  const turns = fields.length + 1;
  for (const [i, text] of HOSTILE_STRINGS.entries()) {
    const field = fields[i % turns];
    if (field === undefined) continue;
    await field.fill(text);
    expect(await field.inputValue()).toBe(text);
  }
  await page.goto('/projects/shop/flags');
  const search = page.getByRole('searchbox').or(page.getByPlaceholder('Search flags')).first();
  for (const [i, text] of HOSTILE_STRINGS.entries()) if (i % turns === fields.length) await search.fill(text);
  await page
    .getByText(/^1 flag|flags?$/)
    .first()
    .waitFor();
  await expectHarmless('the search', page);
}
