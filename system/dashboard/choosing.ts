/** Giving something to the dashboard's own controls, as a person would. */
import type { Locator } from 'playwright-core';

/** In a select, which opens by a press; its list stands at the end of the document. */
export async function chooseOption(select: Locator, option: string): Promise<void> {
  await select.click();
  await select.page().getByRole('option', { name: option }).first().click();
}

/** In a combobox, which offers what fits what is typed. */
export async function chooseSuggestion(combobox: Locator, text: string): Promise<void> {
  await combobox.fill(text);
  await combobox.page().getByRole('option', { name: text }).first().click();
}

/** From the clipboard: thousands of lines are in the field at once, where `fill` would put them in one by one. */
export async function pasteText(field: Locator, text: string): Promise<void> {
  const page = field.page();
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await page.evaluate(`navigator.clipboard.writeText(${JSON.stringify(text)})`);
  await field.focus();
  await page.keyboard.press('ControlOrMeta+v');
}
