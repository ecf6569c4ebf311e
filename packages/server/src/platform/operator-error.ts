/** A start that cannot succeed until the operator changes something; the message says what. `code` is stable. */
export class OperatorError extends Error {
  readonly code: string;

  constructor(code: string, message: string, cause?: unknown) {
    super(message, cause === undefined ? {} : { cause });
    this.code = `FLAGHOIST_${code}`;
  }
}
