/** What the command's exit code says. Scripts depend on these numbers: they never change. */
export const EXIT = {
  ok: 0,
  failed: 1,
  wrongUse: 2,
  unreachable: 3,
  notAllowed: 4,
  notFound: 5,
  conflict: 6,
  notEverywhere: 7,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

export const EXIT_CODES_HELP = `Exit codes:
  0  done
  1  the server refused, or something failed
  2  wrong use: unknown command or option, or a wrong setting
  3  the server could not be reached
  4  not signed in, or not allowed
  5  not found
  6  conflict: somebody else changed it, or it exists already
  7  written, and not everywhere, or nobody knows where, when the time of --wait was over`;

/** The exit code for an HTTP status with which the server refused. */
export function exitCodeOfStatus(status: number): ExitCode {
  switch (status) {
    case 401:
    case 403:
      return EXIT.notAllowed;
    case 404:
      return EXIT.notFound;
    case 409:
    case 412:
      return EXIT.conflict;
    default:
      return EXIT.failed;
  }
}
