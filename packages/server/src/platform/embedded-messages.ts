/** What goes between the embedded database's thread and the thread that opened it. Bytes are moved, not copied. */

/** PostgreSQL's program as WebAssembly compiled it: code that threads share. */
export type CompiledProgram = object;

export interface ThreadData {
  readonly folder: string;
  readonly program: CompiledProgram;
}

/** A batch ends with a Query or a Sync of PostgreSQL's wire protocol, so that it is answered by one ReadyForQuery. */
export type ToThread = { readonly kind: 'batch'; readonly bytes: Uint8Array<ArrayBuffer> } | { readonly kind: 'close' };

export type FromThread =
  | { readonly kind: 'ready' }
  | { readonly kind: 'answer'; readonly bytes: Uint8Array<ArrayBuffer>; readonly isLast: boolean }
  | { readonly kind: 'aborted'; readonly reason: string }
  | { readonly kind: 'closed' };
