import type { ReactNode } from 'react';

/** One of several things to choose from. */
export interface Option<Value extends string = string> {
  readonly value: Value;
  readonly label: string;
  /** A second, quieter line. */
  readonly hint?: string | undefined;
  /** A small picture before the label. */
  readonly mark?: ReactNode;
  readonly disabled?: boolean | undefined;
}
