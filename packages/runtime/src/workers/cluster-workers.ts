/** Workers as processes of node:cluster: this program once more, with the same arguments, behind the same port. */
import cluster from 'node:cluster';
import type { ForkWorker } from './supervisor.ts';

/** Tells a worker which one it is. No setting: whoever starts the program by hand does not set it. */
const NUMBER = 'NODE_CLUSTER_WORKER_NUMBER';

type FromWorker<Ready> =
  | { readonly type: 'ready'; readonly ready: Ready }
  | { readonly type: 'failed'; readonly code: string | undefined; readonly message: string }
  | { readonly type: 'answer'; readonly number: number; readonly answer: unknown };

/** Beside `stop`. */
interface Question {
  readonly type: 'question';
  readonly number: number;
}

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
    const asked = new Map<number, (answer: unknown) => void>();
    let questions = 0;
    worker.on('message', (message: FromWorker<Ready>) => {
      if (message.type === 'ready') listener.onReady(message.ready);
      else if (message.type === 'answer') asked.get(message.number)?.(message.answer);
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
      async ask(ms) {
        if (!worker.isConnected()) return undefined;
        const question: Question = { type: 'question', number: (questions += 1) };
        let timer: NodeJS.Timeout | undefined;
        const answer = await new Promise<unknown>((resolve) => {
          asked.set(question.number, resolve);
          timer = setTimeout(() => resolve(undefined), ms);
          worker.send(question, (error) => {
            if (error !== null) resolve(undefined);
          });
        });
        clearTimeout(timer);
        asked.delete(question.number);
        return answer;
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
  /** What the primary is answered when it asks; what rejects is no answer. Plain data. */
  onAsked(answer: () => Promise<unknown>): void;
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
    onAsked(answer) {
      worker.on('message', (message: Question | 'stop') => {
        if (message === 'stop' || message.type !== 'question') return;
        answer().then(
          (given) => say({ type: 'answer', number: message.number, answer: given }),
          () => undefined,
        );
      });
    },
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
