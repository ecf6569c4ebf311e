/** What somebody does on a flag's page again and again. */
import type { Locator, Page } from 'playwright-core';

export function ruleList(page: Page): Locator {
  return page.getByRole('list', { name: 'Rules' });
}

/** The bar that says what is not saved yet. */
export function unsaved(page: Page): Locator {
  return page.getByRole('region', { name: 'Unsaved changes' });
}

/** Unfolds the rule whose sentence fits. */
export async function openRule(page: Page, sentence: RegExp): Promise<void> {
  await ruleList(page).getByRole('button', { name: sentence, expanded: false }).click();
}

/** To the condition on this attribute, in a rule that is unfolded. */
export async function addValue(page: Page, attribute: string, value: string): Promise<void> {
  await ruleList(page)
    .getByRole('textbox', { name: `Value for ${attribute}` })
    .fill(value);
  await page.keyboard.press('Enter');
  await ruleList(page)
    .getByRole('button', { name: `Remove ${value}`, exact: true })
    .waitFor();
}

/** Saves what was edited; resolves when nothing is left to be saved. */
export async function saveFlag(page: Page): Promise<void> {
  await unsaved(page).getByRole('button', { name: 'Save', exact: true }).click();
  await unsaved(page).waitFor({ state: 'detached' });
}
