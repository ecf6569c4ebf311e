import type { ProblemDocument } from '@flaghoist/protocol/management';
import { EXIT, type ExitCode } from './exit-codes.ts';

/** Ends a command: `main` prints the message without a stack and leaves with the exit code. */
export class CommandFailure extends Error {
  readonly exitCode: ExitCode;
  /** What the server answered, when it was the server that refused. */
  readonly problem: ProblemDocument | undefined;
  /** A stable word for programs, printed with `--output json` when there is no problem document. */
  readonly code: string;

  constructor(exitCode: ExitCode, code: string, message: string, problem?: ProblemDocument) {
    super(message);
    this.name = 'CommandFailure';
    this.exitCode = exitCode;
    this.code = code;
    this.problem = problem;
  }
}

/** The command line says something that cannot be meant: exit code 2. */
export function wrongUse(message: string): CommandFailure {
  return new CommandFailure(EXIT.wrongUse, 'wrong_use', message);
}
