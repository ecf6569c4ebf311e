/** Settings from options, environment and file, by one definition. */
export { defineSettings } from './define-settings.ts';
export { parseSetting } from './parse-setting.ts';
export { describeSettings, type SettingRow } from './describe-settings.ts';
export { type LoadOptions, type LoadResult, loadSettings, type SettingSources } from './load-settings.ts';
export type { SettingDefinition, SettingsDefinition, SettingValues } from './setting-definition.ts';
export type { SettingProblem } from './setting-problem.ts';
