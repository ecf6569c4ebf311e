/** What both halves of the editor take: the one that is there at once, and the one that is loaded. */
export interface JsonEditorProps {
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly 'aria-label': string;
  readonly readOnly?: boolean | undefined;
  /** Marks it as wrong from outside; the words belong into the Field. */
  readonly invalid?: boolean | undefined;
  /** Lines to begin with; it grows with its text. */
  readonly rows?: number | undefined;
  readonly className?: string | undefined;
}
