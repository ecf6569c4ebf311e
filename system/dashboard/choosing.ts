/** Choosing in the dashboard's own select and combobox, whose lists stand at the end of the document. */
import type { Locator } from 'playwright-core';

/** In a select, which opens by a press. */
export async function chooseOption(select: Locator, option: string): Promise<void> {
  await select.click();
  await select.page().getByRole('option', { name: option }).first().click();
}

/** In a combobox, which offers what fits what is typed. */
export async function chooseSuggestion(combobox: Locator, text: string): Promise<void> {
  await combobox.fill(text);
  await combobox.page().getByRole('option', { name: text }).first().click();
}
