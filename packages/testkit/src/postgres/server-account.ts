import { execFileSync } from 'node:child_process';

/** Who runs the server: PostgreSQL refuses to be run by root. */
export interface ServerAccount {
  /** Null: the account of this process. */
  readonly ids: { readonly uid: number; readonly gid: number } | null;
  /** What to put before a command line so that it runs under the account. */
  readonly prefix: readonly string[];
  /** As `prefix`, for the server itself: where the system can, the server ends when this process is killed. */
  readonly serverPrefix: readonly string[];
}

/** The account of this process, or user `postgres` when this process is root's. Throws when root has no such user. */
export function findServerAccount(): ServerAccount {
  const untilParentEnds = succeeds('setpriv', ['--pdeathsig', 'QUIT', 'true']) ? ['--pdeathsig', 'QUIT'] : [];
  if (process.getuid?.() !== 0) {
    return {
      ids: null,
      prefix: [],
      serverPrefix: untilParentEnds.length === 0 ? [] : ['setpriv', ...untilParentEnds],
    };
  }
  const switchUser = ['setpriv', '--reuid=postgres', '--regid=postgres', '--init-groups'];
  return {
    ids: { uid: id('-u'), gid: id('-g') },
    prefix: switchUser,
    serverPrefix: [...switchUser, ...untilParentEnds],
  };
}

function id(option: '-u' | '-g'): number {
  try {
    return Number(execFileSync('id', [option, 'postgres'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }));
  } catch (error) {
    throw new Error(
      'PostgreSQL refuses to be run by root, and this machine has no user "postgres" to run it instead. ' +
        'Install the postgresql package (Debian: apt-get install postgresql), which makes one, or run the tests as another user.',
      { cause: error },
    );
  }
}

function succeeds(program: string, args: readonly string[]): boolean {
  try {
    execFileSync(program, args, { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
