/** What an edge is made of. */
import type { WorkQueue } from '@flaghoist/bus';
import type { CheckSignature } from '@flaghoist/client';
import type { Moment } from '@flaghoist/evaluator';
import type { Sha256 } from '@flaghoist/protocol/ruleset';
import type { ClientAddress } from '@flaghoist/runtime/limits';
import type { Logger } from '@flaghoist/runtime/telemetry';
import type { ConfirmKey } from './access/confirmation.ts';
import type { Spool } from './intake/spool/spool.ts';
import type { EdgeLimits } from './limits.ts';
import type { ReplicaSource } from './replica/replica.ts';
import type { RulesetFolder } from './replica/ruleset-folder.ts';
import type { Compress } from './replica/snapshot.ts';

/** Follows the bus, `log`, or another edge or server, `source`. */
export type EdgeOptions = ReplicaSource & {
  /** What takes exposures and the use of keys on. */
  readonly queue: Pick<WorkQueue, 'push'>;
  /** Tries the candidates of the bus; see docs/guide/staged.md. Absent: it does not. */
  readonly canary?: boolean;
  /** A folder of this edge alone; made when missing. */
  readonly spoolDir: string;
  /** A folder of this edge alone for the last good rulesets and access documents. Null: a restart begins with nothing. */
  readonly rulesetDir: string | null;
  readonly logger: Logger;
  /** Random for each start, 16 to 64 characters of `A-Za-z0-9_-`. */
  readonly instance: string;
  /** Of this program, and where it runs, for people who look at the fleet. */
  readonly version?: string;
  readonly host?: string;
  /** Asks upstream about a well-formed key that no access document lists yet. */
  readonly confirmKey: ConfirmKey;
  /** Milliseconds since 1970. Absent: the system's clock. */
  readonly now?: () => number;
  /** 0 <= x < 1, for jitter and for evaluations. Absent: `Math.random`. */
  readonly random?: () => number;
  /** Begins the moment of an evaluation. Absent: made of `now` and `random`. */
  readonly moment?: () => Moment;
  /** Absent: Node's. */
  readonly sha256?: Sha256;
  /** What heads' signatures are checked by before anything else; absent: they need none. */
  readonly signatures?: CheckSignature;
  /** Who is counted as one sender. Absent: the address of the socket. */
  readonly address?: ClientAddress;
  readonly limits?: Partial<EdgeLimits>;
  /** In place of what Node and the folders above give. For whoever simulates a machine. */
  readonly machine?: EdgeMachine;
};

/** What an edge has of the machine that it runs on. */
export interface EdgeMachine {
  readonly rulesets: Pick<RulesetFolder, 'environments' | 'open' | 'forget' | 'readRevoked' | 'saveRevoked'>;
  readonly spool: Pick<Spool, 'open' | 'close' | 'append' | 'read' | 'advance' | 'onStored' | 'status'>;
  readonly compress: Compress;
  /** Collects garbage now. */
  readonly collect: () => void;
  /** Lets others have their turn. */
  readonly pause: () => Promise<void>;
}
