/** What a toast says. */
export interface ToastText {
  readonly title: string;
  readonly detail?: string | undefined;
  readonly tone?: 'neutral' | 'on' | 'danger' | undefined;
  /** Such as Undo. */
  readonly action?: { readonly label: string; readonly onAction: () => void } | undefined;
  /** 0: stays until it is closed. 6 s when absent, 10 s with an action. */
  readonly timeoutMs?: number | undefined;
}
