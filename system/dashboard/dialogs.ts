/** The dialogs of every page: each opens, has its name and no violation of the rules for accessibility, and Escape closes it. */
import type { Desk } from './desk.ts';

/** Rows of lists have their own menus and marks: the first one is as good as any. */
const FIRST_MENU = /^(?:More|What can be done)/;
/** The page itself, and what floats above it; not what stands around it on every page. */
const PLACES = 'main, [data-base-ui-portal]';

interface Case {
  /** The dialog's name. */
  readonly opens: RegExp;
  /** Names of what is pressed until it is open, one after the other: the first of that name. */
  readonly press: readonly (string | RegExp)[];
}

/** By page, in the order in which they are opened; what was chosen for one stays chosen for the next. */
const DIALOGS: Readonly<Record<string, readonly Case[]>> = {
  '/projects': [{ opens: /^New project$/, press: ['New project'] }],
  '/account': [
    { opens: /two-step/i, press: ['Set up'] },
    { opens: /^Sign out/, press: ['Sign out everywhere else'] },
  ],
  '/people': [
    { opens: /^Invite somebody$/, press: ['Invite'] },
    { opens: /^Ada Lovelace$/, press: [/ada@shop\.example/] },
  ],
  '/people?tab=invitations': [{ opens: /invitation/i, press: [/^Revoke the invitation/] }],
  '/single-sign-on': [{ opens: /^Add a connection$/, press: ['Add a connection'] }],
  flags: [
    { opens: /^Add a tag to 1 flag$/, press: [/^Select (?!all)/, 'Tag'] },
    { opens: /^Archive /, press: ['Archive'] },
    { opens: /^Turn |^All of them/, press: ['Off in production'] },
  ],
  'flags/new-checkout?tab=targeting': [
    { opens: /^Details of the flag$/, press: [FIRST_MENU, 'Edit details'] },
    { opens: /^Archive new-checkout\?$/, press: [FIRST_MENU, 'Archive the flag'] },
  ],
  'flags/new-checkout?tab=variants': [{ opens: /^Add a variant$/, press: ['Add variant'] }],
  segments: [{ opens: /^New segment in /, press: ['New segment'] }],
  'segments/staff': [
    { opens: /keys/i, press: [/^Add/] },
    { opens: /^Archive /, press: [FIRST_MENU, /^Archive in/] },
  ],
  environments: [
    { opens: /^New environment$/, press: ['New environment'] },
    { opens: /^Settings of /, press: [FIRST_MENU, /^Settings/] },
    { opens: /^Archive /, press: [FIRST_MENU, /^Archive/] },
  ],
  keys: [
    { opens: /^New SDK key$/, press: ['New key'] },
    { opens: /^Revoke /, press: [/^Revoke/] },
  ],
  settings: [{ opens: /^Archive /, press: ['Archive the project'] }],
  'settings?tab=tokens': [
    { opens: /^New API token$/, press: ['New token'] },
    { opens: /^Revoke /, press: [/^Revoke/] },
  ],
};

export const PAGES_WITH_DIALOGS: readonly string[] = Object.keys(DIALOGS);

/** Opens the dialogs of the page that is shown, and closes them again. */
export async function expectDialogs(desk: Desk, page: string): Promise<void> {
  for (const one of DIALOGS[page] ?? []) await expectDialog(desk, one);
}

async function expectDialog({ page, expectAccessible }: Desk, { opens, press }: Case): Promise<void> {
  for (const name of press) {
    const exact = typeof name === 'string';
    const roles = (['button', 'menuitem', 'checkbox', 'link'] as const).map((role) =>
      page.locator(PLACES).getByRole(role, { name, exact }),
    );
    const [first, ...others] = roles;
    await others
      .reduce((all, one) => all.or(one), first ?? page.locator('none'))
      .first()
      .click();
  }
  const dialog = page.getByRole('dialog', { name: opens }).or(page.getByRole('alertdialog', { name: opens }));
  await dialog.waitFor();
  await expectAccessible({ within: '[role=dialog]:not([aria-hidden]), [role=alertdialog]' });
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'hidden' });
}
