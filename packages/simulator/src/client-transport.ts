/** The requests of a follower over the simulated network, as the provider makes them over node:http, with its deadlines. */
import type { Failure, Transport } from '@flaghoist/client';
import { NATIVE_PATHS } from '@flaghoist/protocol/ruleset';
import type { Asked } from './exchange.ts';
import type { Heard, Network, Server } from './network.ts';
import type { Send } from './seams.ts';
import type { Machine } from './machine.ts';
import type { World } from './world.ts';

const SNAPSHOT_TIMEOUT_MS = 30_000;
const STREAM_TIMEOUT_MS = 10_000;
const EXPOSURES_TIMEOUT_MS = 10_000;

export interface ClientWay {
  readonly world: World;
  readonly network: Network;
  readonly machine: Machine;
  readonly key: string;
  /** The edge that a load balancer chooses for the next request. */
  readonly chooseEdge: () => Server;
  readonly onAsked: (request: 'fetch' | 'connect') => () => void;
  /** Something came from an edge. */
  readonly onHeard: () => void;
}

interface Exchange extends Heard {
  readonly timeoutMs: number;
  /** Until the answer begins, or until it is whole. */
  readonly untilWhole: boolean;
  readonly onTimeout: () => void;
}

export function createClientTransport(way: ClientWay): Transport & { readonly send: Send } {
  const authorization = `Bearer ${way.key}`;
  const ask = (asked: Omit<Asked, 'headers'>, headers: Asked['headers'], exchange: Exchange): (() => void) =>
    begin(way, { ...asked, headers: { authorization, ...headers } }, exchange);
  return {
    fetch(etag, listener) {
      const over = way.onAsked('fetch');
      let status = 0;
      let hints: Asked['headers'] = {};
      let text = '';
      const fail = (message: string, failed: Partial<Failure> = {}): void => {
        over();
        listener.onFailure({ status: null, retryAfterMs: null, message, ...failed });
      };
      const cancel = ask(
        { method: 'GET', url: NATIVE_PATHS.ruleset, body: '' },
        etag === null ? {} : { 'if-none-match': `"${etag}"` },
        {
          timeoutMs: SNAPSHOT_TIMEOUT_MS,
          untilWhole: true,
          onTimeout: () => fail('There was no whole answer in time.'),
          onHead: (answered, headers) => {
            status = answered;
            hints = headers;
          },
          onChunk: (chunk) => {
            text += chunk;
          },
          onEnd: (isRefused) => {
            if (isRefused || status === 0) fail('The connection was refused or lost.');
            else if (status === 200) {
              over();
              listener.onRuleset(text);
            } else if (status === 304) {
              over();
              listener.onUnchanged();
            } else fail(`status ${status}`, { status, retryAfterMs: retryAfterIn(hints) });
          },
        },
      );
      return () => {
        over();
        cancel();
      };
    },
    connect: (after, listener) => openStream(way, ask, after, listener),
    send: (body) => sendExposures(ask, body),
  };
}

type Ask = (asked: Omit<Asked, 'headers'>, headers: Asked['headers'], exchange: Exchange) => () => void;

function openStream(
  way: ClientWay,
  ask: Ask,
  after: string,
  listener: Parameters<Transport['connect']>[1],
): () => void {
  const over = way.onAsked('connect');
  let isOver = false;
  const fail = (message: string, failed: Partial<Failure> = {}): void => {
    if (isOver) return;
    isOver = true;
    over();
    listener.onFailure({ status: null, retryAfterMs: null, message, ...failed });
  };
  const cancel = ask(
    { method: 'GET', url: `${NATIVE_PATHS.stream}?after=${after}`, body: '' },
    {},
    {
      timeoutMs: STREAM_TIMEOUT_MS,
      untilWhole: false,
      onTimeout: () => {
        cancel();
        fail('There was no answer in time.', { unanswered: true });
      },
      onHead: (status, headers) => {
        if (isOver) return;
        const isStream = headers['content-type']?.startsWith('text/event-stream') === true;
        if (status === 200 && isStream) listener.onOpen();
        else if (status === 200) fail('The answer is no event stream.');
        else fail(`status ${status}`, { status, retryAfterMs: retryAfterIn(headers) });
      },
      onChunk: (text) => {
        if (!isOver) listener.onText(text);
      },
      onEnd: (isRefused) => fail(isRefused ? 'The connection was refused.' : 'The stream ended.'),
    },
  );
  return () => {
    isOver = true;
    over();
    cancel();
  };
}

function sendExposures(ask: Ask, body: string): ReturnType<Send> {
  return new Promise((resolve, reject) => {
    let answer: { status: number; retryAfterMs?: number } | null = null;
    ask(
      { method: 'POST', url: NATIVE_PATHS.exposures, body },
      { 'content-type': 'application/json' },
      {
        timeoutMs: EXPOSURES_TIMEOUT_MS,
        untilWhole: true,
        onTimeout: () => reject(new Error('There was no answer in time.')),
        onHead: (status, headers) => {
          const retryAfterMs = retryAfterIn(headers);
          answer = { status, ...(retryAfterMs === null ? {} : { retryAfterMs }) };
        },
        onChunk: () => undefined,
        onEnd: () => (answer === null ? reject(new Error('The connection was lost.')) : resolve(answer)),
      },
    );
  });
}

/** One request with its deadline; nothing is heard after the deadline, or once it was ended. */
function begin(
  { world, network, machine, chooseEdge, onHeard }: ClientWay,
  asked: Asked,
  exchange: Exchange,
): () => void {
  let isOver = false;
  const cancelDeadline = world.after(machine, exchange.timeoutMs, () => {
    if (isOver) return;
    isOver = true;
    leave();
    exchange.onTimeout();
  });
  const leave = network.ask(machine, chooseEdge(), asked, {
    onHead: (status, headers) => {
      if (isOver) return;
      onHeard();
      if (!exchange.untilWhole) cancelDeadline();
      exchange.onHead(status, headers);
    },
    onChunk: (text) => {
      if (isOver) return;
      onHeard();
      exchange.onChunk(text);
    },
    onEnd: (isRefused) => {
      if (isOver) return;
      isOver = true;
      cancelDeadline();
      exchange.onEnd(isRefused);
    },
  });
  return () => {
    isOver = true;
    cancelDeadline();
    leave();
  };
}

function retryAfterIn(headers: Asked['headers']): number | null {
  const seconds = Number(headers['retry-after'] ?? Number.NaN);
  return Number.isFinite(seconds) ? seconds * 1_000 : null;
}
