import { parseSetting, type SettingValue } from './parse-setting.ts';
import type { SettingDefinition, SettingsDefinition, SettingValues } from './setting-definition.ts';
import { envName, nearestName, optionName } from './setting-names.ts';
import type { SettingProblem } from './setting-problem.ts';
import { readSettingsFile } from './settings-file.ts';

export interface LoadOptions {
  /** Path of a YAML or JSON file; it has to exist. */
  readonly file?: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** By setting name, as a command line parser gives them; undefined and null are not given. */
  readonly options: Readonly<Record<string, unknown>>;
  /** Of environment variables, `FLAGHOIST_`. */
  readonly prefix: string;
  /** Variables that begin with the prefix and belong to another program. */
  readonly foreignEnv?: readonly string[];
}

/** Where each value came from: as in SettingProblem, or `default`, or `not set`. */
export type SettingSources<D extends SettingsDefinition> = { readonly [N in keyof D]: string };

export type LoadResult<D extends SettingsDefinition> =
  | { readonly ok: true; readonly values: SettingValues<D>; readonly sources: SettingSources<D> }
  | { readonly ok: false; readonly problems: readonly SettingProblem[] };

interface Given {
  readonly value: unknown;
  readonly source: string;
}

/**
 * Reads every setting: option, else environment, else file, else default. Returns all problems at once: a value that is
 * not allowed, and every name in the options, in the file and in the environment (with the prefix) that is not known.
 * A value that a stronger source overrides is not checked. An empty environment variable is not set, nor is an empty
 * entry in the file. Variables that Kubernetes adds for a service whose name begins like the prefix are passed over.
 */
export function loadSettings<const D extends SettingsDefinition>(definition: D, from: LoadOptions): LoadResult<D> {
  const file = from.file === undefined ? { entries: {}, problems: [] } : readSettingsFile(from.file);
  const names = Object.keys(definition);
  const problems: SettingProblem[] = [
    ...unknownOptions(names, from.options),
    ...unknownVariables(definition, from),
    ...file.problems,
    ...unknownEntries(names, file.entries, `file ${from.file}`),
  ];
  const values: Record<string, SettingValue | undefined> = {};
  const sources: Record<string, string> = {};
  for (const name of names) {
    const setting = definition[name] as SettingDefinition;
    const given = fromOption(name, from) ?? fromEnvironment(name, setting, from) ?? fromFile(name, file.entries, from);
    const value = given?.value ?? setting.default;
    sources[name] = given?.source ?? (setting.default === undefined ? 'not set' : 'default');
    if (value === undefined) continue;
    const parsed = parseSetting(setting, value);
    if (parsed.ok) values[name] = parsed.value;
    else problems.push({ setting: name, source: sources[name] ?? '', message: `${name} ${parsed.message}` });
  }
  if (problems.length > 0) return { ok: false, problems };
  return { ok: true, values: values as SettingValues<D>, sources: sources as SettingSources<D> };
}

function fromOption(name: string, { options }: LoadOptions): Given | undefined {
  const value = Object.hasOwn(options, name) ? (options[name] ?? undefined) : undefined;
  return value === undefined ? undefined : { value, source: `option ${optionName(name)}` };
}

function fromEnvironment(name: string, setting: SettingDefinition, { env, prefix }: LoadOptions): Given | undefined {
  for (const variable of variablesOf(prefix, name, setting)) {
    const value = env[variable];
    if (value === undefined || value === '' || isServiceLink(variable, value)) continue;
    return { value, source: `environment ${variable}` };
  }
  return undefined;
}

function fromFile(name: string, entries: Readonly<Record<string, unknown>>, { file }: LoadOptions): Given | undefined {
  const value = Object.hasOwn(entries, name) ? (entries[name] ?? undefined) : undefined;
  return value === undefined ? undefined : { value, source: `file ${file}` };
}

function variablesOf(prefix: string, name: string, setting: SettingDefinition): readonly string[] {
  return [setting.env ?? envName(prefix, name), ...(setting.aliases ?? [])];
}

function unknownOptions(names: readonly string[], options: LoadOptions['options']): readonly SettingProblem[] {
  const given = Object.keys(options).filter(
    (name) => (options[name] ?? undefined) !== undefined && !names.includes(name),
  );
  return given.map((name) => {
    const option = optionName(name);
    return { setting: name, source: `option ${option}`, message: unknownName(option, names.map(optionName)) };
  });
}

function unknownEntries(
  names: readonly string[],
  entries: Readonly<Record<string, unknown>>,
  source: string,
): readonly SettingProblem[] {
  const given = Object.keys(entries).filter((name) => !names.includes(name));
  return given.map((name) => ({ setting: name, source, message: unknownName(name, names) }));
}

function unknownVariables(definition: SettingsDefinition, from: LoadOptions): readonly SettingProblem[] {
  const own = Object.entries(definition).flatMap(([name, setting]) => variablesOf(from.prefix, name, setting));
  const known = new Set([...own, ...(from.foreignEnv ?? [])]);
  return Object.entries(from.env)
    .filter(([variable, value]) => variable.startsWith(from.prefix) && value !== undefined && !known.has(variable))
    .filter(([variable, value]) => !isServiceLink(variable, value ?? ''))
    .map(([variable]) => ({
      setting: variable,
      source: `environment ${variable}`,
      message: unknownName(
        variable,
        own.filter((name) => name.startsWith(from.prefix)),
      ),
    }));
}

function unknownName(name: string, known: readonly string[]): string {
  const nearest = nearestName(name, known);
  const fix = nearest === undefined ? `Known are: ${[...known].sort().join(', ')}.` : `Did you mean ${nearest}?`;
  return `There is no setting ${name}. ${fix}`;
}

/**
 * Kubernetes describes each service to each pod in variables named after the service, so that a service called
 * `flaghoist` sets FLAGHOIST_PORT=tcp://10.0.0.1:80 (kubernetes.io, "Service", environment variables).
 */
function isServiceLink(variable: string, value: string): boolean {
  return (
    /_SERVICE_HOST$|_SERVICE_PORT(_[A-Z0-9_]+)?$|_PORT_\d+_(TCP|UDP|SCTP)(_(ADDR|PORT|PROTO))?$/.test(variable) ||
    (variable.endsWith('_PORT') && /^(tcp|udp|sctp):\/\//.test(value))
  );
}
