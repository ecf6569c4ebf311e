import type { SettingDefinition } from './setting-definition.ts';

export type SettingValue = string | number | boolean | readonly string[];

/** `message` continues a sentence that begins with the setting's name. */
export type Parsed =
  | { readonly ok: true; readonly value: SettingValue }
  | { readonly ok: false; readonly message: string };

/** Reads one value as a file, an environment variable or an option gives it. */
export function parseSetting(setting: SettingDefinition, given: unknown): Parsed {
  const value = read(setting, given);
  return value === null
    ? {
        ok: false,
        message: `must be ${describeAllowed(setting)}, but is ${show(setting, given)}.${hint(setting, given)}`,
      }
    : { ok: true, value };
}

/** e.g. `a whole number from 1 to 65535`. */
export function describeAllowed(setting: SettingDefinition): string {
  switch (setting.kind) {
    case 'string':
      return 'a text';
    case 'integer':
      return `a whole number${range(setting, String)}`;
    case 'boolean':
      return 'true or false';
    case 'choice':
      return oneOf(setting.choices);
    case 'list': {
      const of = setting.choices ? ` of ${setting.choices.join(', ')}` : ' of texts';
      return `a list${of}${range(setting, (n) => `${n} items`)}`;
    }
    case 'duration':
      return `a duration like 250ms, 30s, 5m, 1h or 7d${range(setting, formatDuration)}`;
    default:
      return setting satisfies never;
  }
}

const UNITS = { d: 86_400_000, h: 3_600_000, m: 60_000, s: 1_000, ms: 1 } as const;

/** The shortest exact form: 90000 is `90s`. */
export function formatDuration(ms: number): string {
  const unit = Object.entries(UNITS).find(([, size]) => ms !== 0 && ms % size === 0) ?? ['ms', 1];
  return `${ms / unit[1]}${unit[0]}`;
}

/** Null when it is none of the allowed values. */
function read(setting: SettingDefinition, given: unknown): SettingValue | null {
  switch (setting.kind) {
    case 'string':
      return typeof given === 'string' ? given : null;
    case 'integer':
      return within(setting, readInteger(given));
    case 'boolean':
      return readBoolean(given);
    case 'choice':
      return typeof given === 'string' && setting.choices.includes(given) ? given : null;
    case 'list':
      return readList(setting, given);
    case 'duration':
      return within(setting, readDuration(given));
    default:
      return setting satisfies never;
  }
}

function readInteger(given: unknown): number | null {
  const value = typeof given === 'string' && /^[+-]?\d+$/.test(given.trim()) ? Number(given) : given;
  return typeof value === 'number' && Number.isSafeInteger(value) ? value : null;
}

const BOOLEANS: ReadonlyMap<unknown, boolean> = new Map<unknown, boolean>([
  ...[true, 'true', 'yes', 'on', '1', 1].map((form) => [form, true] as const),
  ...[false, 'false', 'no', 'off', '0', 0].map((form) => [form, false] as const),
]);

function readBoolean(given: unknown): boolean | null {
  return BOOLEANS.get(typeof given === 'string' ? given.trim().toLowerCase() : given) ?? null;
}

/** A list, or a text with commas. */
function readList(setting: SettingDefinition & { kind: 'list' }, given: unknown): readonly string[] | null {
  const items: unknown = typeof given === 'string' ? given.split(',').map((item) => item.trim()) : given;
  if (!Array.isArray(items)) return null;
  const filled: readonly unknown[] = items.filter((item) => item !== '');
  const allowed = (item: unknown): item is string =>
    typeof item === 'string' && (setting.choices?.includes(item) ?? true);
  if (!filled.every(allowed)) return null;
  const unique = [...new Set(filled)];
  return within(setting, unique.length) === null ? null : unique;
}

function readDuration(given: unknown): number | null {
  const match = typeof given === 'string' ? /^(\d+(?:\.\d+)?)\s*(ms|s|m|h|d)$/.exec(given.trim()) : null;
  if (!match) return null;
  const ms = Number(match[1]) * UNITS[match[2] as keyof typeof UNITS];
  return Number.isSafeInteger(ms) ? ms : null;
}

interface Range {
  readonly min?: number;
  readonly max?: number;
}

function within({ min = -Infinity, max = Infinity }: Range, value: number | null): number | null {
  return value !== null && value >= min && value <= max ? value : null;
}

function range({ min, max }: Range, format: (bound: number) => string): string {
  if (min !== undefined && max !== undefined) return ` from ${format(min)} to ${format(max)}`;
  if (min !== undefined) return ` of at least ${format(min)}`;
  return max === undefined ? '' : ` of at most ${format(max)}`;
}

function oneOf(choices: readonly string[]): string {
  return choices.length === 1 ? choices.join() : `${choices.slice(0, -1).join(', ')} or ${choices.at(-1)}`;
}

function show(setting: SettingDefinition, given: unknown): string {
  if (setting.secret) return 'something else';
  return JSON.stringify(given) ?? typeof given;
}

function hint(setting: SettingDefinition, given: unknown): string {
  const bare = typeof given === 'number' || (typeof given === 'string' && /^\d+$/.test(given));
  if (setting.kind === 'duration' && bare) return ' Add a unit.';
  return setting.kind === 'string' && typeof given !== 'object' ? ' Put it in quotes.' : '';
}
