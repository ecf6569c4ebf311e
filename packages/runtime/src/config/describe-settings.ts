import type { SettingSources } from './load-settings.ts';
import { describeAllowed, formatDuration, type SettingValue } from './parse-setting.ts';
import type { SettingDefinition, SettingsDefinition, SettingValues } from './setting-definition.ts';
import { envName, optionName } from './setting-names.ts';

export interface SettingRow {
  readonly name: string;
  readonly option: string;
  readonly env: string;
  /** As it would be written; a secret is `********`, and what is not set is empty. */
  readonly value: string;
  readonly source: string;
  readonly allowed: string;
  readonly description: string;
}

/** One row for each setting, in the order of the definition, to be printed. */
export function describeSettings<const D extends SettingsDefinition>(
  definition: D,
  values: SettingValues<D>,
  sources: SettingSources<D>,
  prefix = 'FLAGHOIST_',
): readonly SettingRow[] {
  return Object.entries<SettingDefinition>(definition).map(([name, setting]) => ({
    name,
    option: optionName(name),
    env: setting.env ?? envName(prefix, name),
    value: show(setting, values[name]),
    source: sources[name] ?? 'not set',
    allowed: describeAllowed(setting),
    description: setting.description,
  }));
}

function show(setting: SettingDefinition, value: SettingValue | undefined): string {
  if (value === undefined) return '';
  if (setting.secret) return '********';
  if (setting.kind === 'duration' && typeof value === 'number') return formatDuration(value);
  return typeof value === 'object' ? value.join(',') : String(value);
}
