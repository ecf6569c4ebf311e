/** Bugs in how a client asks, waits and goes on. */
import type { FetchListener, Transport } from '@flaghoist/client';
import { parseBlocks } from '@flaghoist/protocol/ruleset';
import { emptyRuleset } from './forged.ts';
import type { PlantedBug } from './planted-bug.ts';
import { type ClientParts, NO_SEAMS, type Reader, type Seams } from './seams.ts';

type Change = (parts: ClientParts, reader: Reader) => Partial<ClientParts>;

function inClient(change: Change): Seams {
  return { ...NO_SEAMS, client: (parts, reader) => ({ ...parts, ...change(parts, reader) }) };
}

function onFetch(transport: Transport, change: (listener: FetchListener) => Partial<FetchListener>): Transport {
  return {
    ...transport,
    fetch: (etag, listener, atLeast) => transport.fetch(etag, { ...listener, ...change(listener) }, atLeast),
  };
}

/** From now on it asks for nothing and no timer goes off. */
function createStandstill({ transport, timers }: ClientParts) {
  let isStill = false;
  const parts: Partial<ClientParts> = {
    timers: { ...timers, after: (ms, run) => timers.after(ms, () => (isStill ? undefined : run())) },
    transport: {
      fetch: (...asked) => (isStill ? () => undefined : transport.fetch(...asked)),
      connect: (after, listener) => (isStill ? () => undefined : transport.connect(after, listener)),
    },
  };
  return {
    parts,
    stop: () => {
      isStill = true;
    },
  };
}

export const CLIENT_BUGS: readonly PlantedBug[] = [
  {
    name: 'orders by the revision alone, so that a new epoch with a lower one is passed over',
    breaks: ['L'],
    seams: inClient(({ transport }, reader) => ({
      transport: onFetch(transport, (listener) => ({
        onRuleset(text) {
          const revision = parseBlocks(text)?.at(-1)?.head.revision ?? 0;
          if (revision < (reader.ruleset().head?.revision ?? 0)) listener.onUnchanged();
          else listener.onRuleset(text);
        },
      })),
    })),
  },
  {
    name: 'serves whatever snapshot it is given, also an older one',
    breaks: ['I2', 'I4', 'L'],
    seams: inClient(({ transport }, reader) => ({
      transport: onFetch(transport, (listener) => ({
        onRuleset(text) {
          const blocks = parseBlocks(text);
          if (blocks !== null && reader.ruleset().head !== null) reader.ruleset().applyBlocks(blocks);
          listener.onRuleset(text);
        },
      })),
    })),
  },
  {
    name: 'takes 404 and an empty answer for "no flags"',
    breaks: ['I5', 'I3'],
    seams: inClient(({ transport }, reader) => ({
      transport: onFetch(transport, (listener) => ({
        onRuleset(text) {
          if (text === '') reader.show(emptyRuleset());
          listener.onRuleset(text);
        },
        onFailure(failure) {
          if (failure.status === 404) reader.show(emptyRuleset());
          listener.onFailure(failure);
        },
      })),
    })),
  },
  {
    name: 'takes over the ruleset of another environment',
    breaks: ['I3'],
    seams: inClient(({ transport }, reader) => ({
      transport: onFetch(transport, (listener) => ({
        onRuleset(text) {
          const blocks = parseBlocks(text) ?? [];
          const mine = reader.ruleset().head?.environment;
          const theirs = blocks.at(-1)?.head.environment;
          if (mine !== undefined && theirs !== undefined && theirs !== mine) {
            const other = emptyRuleset();
            if (other.applyBlocks(blocks).ok) reader.show(other);
          }
          listener.onRuleset(text);
        },
      })),
    })),
  },
  {
    name: 'begins a second connection when one is lost, beside the one that its loop begins',
    breaks: ['R'],
    seams: inClient(({ transport, timers }) => ({
      transport: {
        ...transport,
        connect: (after, listener) =>
          transport.connect(after, {
            ...listener,
            onFailure(failure) {
              listener.onFailure(failure);
              timers.after(5_000, () => void transport.connect(after, { ...listener, onFailure: () => undefined }));
            },
          }),
      },
    })),
  },
  {
    name: 'asks again at once, without waiting',
    breaks: ['R'],
    seams: inClient(({ timers }) => ({ timers: { ...timers, after: (ms, run) => timers.after(ms / 50, run) } })),
  },
  {
    name: 'never goes on after a reset',
    breaks: ['L', 'S'],
    seams: inClient((parts) => {
      const standstill = createStandstill(parts);
      const transport = standstill.parts.transport ?? parts.transport;
      return {
        ...standstill.parts,
        transport: {
          ...transport,
          connect: (after, listener) =>
            transport.connect(after, {
              ...listener,
              onText(text) {
                if (text.includes('event: reset')) standstill.stop();
                else listener.onText(text);
              },
            }),
        },
      };
    }),
  },
  {
    name: 'gives up for good when its key is refused once',
    breaks: ['L'],
    seams: inClient((parts) => {
      const { parts: still, stop } = createStandstill(parts);
      const transport = still.transport ?? parts.transport;
      const orStop = <L extends FetchListener | Parameters<Transport['connect']>[1]>(listener: L): L => ({
        ...listener,
        onFailure(failure: Parameters<L['onFailure']>[0]) {
          if (failure.status === 401) stop();
          listener.onFailure(failure);
        },
      });
      return {
        ...still,
        transport: {
          fetch: (etag, listener, atLeast) => transport.fetch(etag, orStop(listener), atLeast),
          connect: (after, listener) => transport.connect(after, orStop(listener)),
        },
      };
    }),
  },
  {
    name: 'never notices that a stream is silent, and calls what it holds fresh',
    breaks: ['S', 'L'],
    seams: inClient(({ timers }) => ({
      timers: {
        ...timers,
        // Of 5, 25 and 40 s: the first head, the next, and any byte.
        after: (ms, run) => ([5_000, 25_000, 40_000].includes(ms) ? () => undefined : timers.after(ms, run)),
      },
    })),
  },
  {
    name: 'throws a batch of exposures away when the edge is busy',
    breaks: ['I6'],
    seams: inClient(({ send }) => ({
      async send(body) {
        const answer = await send(body);
        return answer.status >= 500 ? { status: 202 } : answer;
      },
    })),
  },
];
