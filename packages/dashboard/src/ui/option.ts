import type { ReactNode } from 'react';

/** One of several things to choose from. */
export interface Option<Value extends string = string> {
  readonly value: Value;
  readonly label: string;
  /** A second, quieter line. */
  readonly hint?: string | undefined;
  /** A small picture before the label. */
  readonly mark?: ReactNode;
  /** A dot of this colour before the label, in degrees on the colour wheel. */
  readonly hue?: number | undefined;
  readonly disabled?: boolean | undefined;
}
