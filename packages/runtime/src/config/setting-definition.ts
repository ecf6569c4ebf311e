interface AnySetting {
  /** One sentence for people. */
  readonly description: string;
  /** Name of its environment variable. Absent: the prefix and the name in upper case, `FLAGHOIST_DATABASE_URL`. */
  readonly env?: string;
  /** Further environment variables, read in this order when its own is not set: names that other tools use. */
  readonly aliases?: readonly string[];
  /** Its value is never printed. */
  readonly secret?: boolean;
}

/** `min` and `max` are inclusive. */
export type SettingDefinition = AnySetting &
  (
    | { readonly kind: 'string'; readonly default?: string }
    | { readonly kind: 'integer'; readonly default?: number; readonly min?: number; readonly max?: number }
    | { readonly kind: 'boolean'; readonly default?: boolean }
    | { readonly kind: 'choice'; readonly choices: readonly string[]; readonly default?: string }
    /** Texts, unique. `choices`: the only ones allowed. `min` and `max` are of their number. */
    | {
        readonly kind: 'list';
        readonly choices?: readonly string[];
        readonly default?: readonly string[];
        readonly min?: number;
        readonly max?: number;
      }
    /** Written with a unit, `250ms`, `30s`, `5m`, `1h`, `7d`; the value is in milliseconds, as are `min` and `max`. */
    | { readonly kind: 'duration'; readonly default?: string; readonly min?: number; readonly max?: number }
  );

/** Names are in camel case, as in files. */
export type SettingsDefinition = Readonly<Record<string, SettingDefinition>>;

type ValueOf<D extends SettingDefinition> = D extends { kind: 'integer' | 'duration' }
  ? number
  : D extends { kind: 'boolean' }
    ? boolean
    : D extends { kind: 'choice'; choices: readonly (infer C)[] }
      ? C
      : D extends { kind: 'list'; choices: readonly (infer C)[] }
        ? readonly C[]
        : D extends { kind: 'list' }
          ? readonly string[]
          : string;

/** What a definition yields; undefined only where there is no default. */
export type SettingValues<D extends SettingsDefinition> = {
  readonly [N in keyof D]: D[N] extends { default: unknown } ? ValueOf<D[N]> : ValueOf<D[N]> | undefined;
};
