/** Workers as processes of node:cluster: this program once more, with the same arguments, behind the same port. */
import cluster from 'node:cluster';
import type { ForkWorker } from './supervisor.ts';

/** Tells a worker which one it is. No setting: whoever starts the program by hand does not set it. */
const NUMBER = 'NODE_CLUSTER_WORKER_NUMBER';

type FromWorker<Ready> =
  | { readonly type: 'ready'; readonly ready: Ready }
  | { readonly type: 'failed'; readonly code: string | undefined; readonly message: string };

/** An error as it comes from another process: its message, and its code if it had one. */
class WorkerError extends Error {
  readonly code?: string;

  constructor(message: string, code: string | undefined) {
    super(message);
    if (code !== undefined) this.code = code;
  }
}

/** For the primary process. What crosses between the processes is copied as JSON. */
export function createClusterWorkers<Ready>(): ForkWorker<Ready> {
  return (number, listener) => {
    const worker = cluster.fork({ [NUMBER]: String(number) });
    worker.on('message', (message: FromWorker<Ready>) => {
      if (message.type === 'ready') listener.onReady(message.ready);
      else listener.onFailed(new WorkerError(message.message, message.code));
    });
    worker.on('error', (error) => listener.onFailed(error));
    worker.on('exit', (code, signal) => listener.onEnd(signal ?? `code ${code}`));
    return {
      pid: worker.process.pid,
      // A message and no signal: Ctrl-C reaches every process by itself, and a second signal would cut the first one short.
      stop: () => {
        if (worker.isConnected()) worker.send('stop', () => undefined);
      },
      kill: () => void worker.process.kill('SIGKILL'),
    };
  };
}

/** What a worker does with its primary. */
export interface WorkerSide<Ready> {
  readonly number: number;
  ready(ready: Ready): void;
  failed(error: Error & { readonly code?: string }): void;
  /** Called when the primary asks this process to end. */
  onStop(stop: () => void): void;
  /** Lets go of the primary: the process may end by itself. Without it the primary's end is this process's end, at once. */
  leave(): void;
}

/** Null: this process is no worker. */
export function joinCluster<Ready>(): WorkerSide<Ready> | null {
  const { worker } = cluster;
  const number = Number(process.env[NUMBER]);
  if (worker === undefined || !Number.isSafeInteger(number)) return null;
  const say = (message: FromWorker<Ready>): void => {
    if (worker.isConnected()) worker.send(message, () => undefined);
  };
  return {
    number,
    ready: (ready) => say({ type: 'ready', ready }),
    failed: ({ code, message }) => say({ type: 'failed', code, message }),
    onStop(stop) {
      worker.on('message', (message: unknown) => {
        if (message === 'stop') stop();
      });
    },
    leave: () => {
      if (worker.isConnected()) worker.disconnect();
    },
  };
}
