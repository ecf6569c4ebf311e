import { parseSetting } from './parse-setting.ts';
import type { SettingDefinition, SettingsDefinition } from './setting-definition.ts';

/** Returns the definition with its exact type. Throws when a name or a default contradicts it: a programmer's mistake. */
export function defineSettings<const D extends SettingsDefinition>(definition: D): D {
  for (const [name, setting] of Object.entries<SettingDefinition>(definition)) {
    if (!/^[a-z][a-zA-Z0-9]*$/.test(name)) throw new Error(`Setting "${name}" is not in camel case.`);
    if (setting.default === undefined) continue;
    const parsed = parseSetting(setting, setting.default);
    if (!parsed.ok) throw new Error(`The default of setting "${name}" ${parsed.message}`);
  }
  return definition;
}
