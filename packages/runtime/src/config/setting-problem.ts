export interface SettingProblem {
  /** As it was written where it was found; null: the whole file. */
  readonly setting: string | null;
  /** `option --port`, `environment FLAGHOIST_PORT`, `file flaghoist.yaml`. */
  readonly source: string;
  /** A whole sentence: what is wrong, and what would be right. */
  readonly message: string;
}
