/** An open watch stream, with the events that came. */
import { request } from 'node:http';
import { until } from './until.ts';

export interface StreamEvent {
  readonly event: string;
  readonly id: string | null;
  readonly data: string;
}

export interface EventStream {
  readonly status: number;
  /** In order, without the opening one. */
  readonly events: readonly StreamEvent[];
  readonly isEnded: boolean;
  /** The data of the events of a kind, parsed. */
  dataOf(event: string): readonly unknown[];
  close(): void;
}

/** Resolves once the stream is open or was refused. `path` begins below `/api/v1`. */
export async function openStream(
  origin: string,
  path: string,
  headers: Readonly<Record<string, string>>,
): Promise<EventStream> {
  const events: StreamEvent[] = [];
  let status = 0;
  let isOpen = false;
  let isEnded = false;
  let text = '';
  const outgoing = request(`${origin}/api/v1${path}`, { headers: { accept: 'text/event-stream', ...headers } });
  const ended = (): void => {
    isEnded = true;
  };
  outgoing.on('error', ended);
  outgoing.on('response', (incoming) => {
    status = incoming.statusCode ?? 0;
    incoming.setEncoding('utf8');
    incoming.on('data', (chunk: string) => {
      const blocks = (text + chunk).split('\n\n');
      text = blocks.pop() ?? '';
      for (const block of blocks) {
        const event = parse(block);
        if (event?.event === 'watching') isOpen = true;
        else if (event !== null) events.push(event);
      }
    });
    incoming.on('error', ended);
    incoming.on('close', ended);
  });
  outgoing.end();
  await until(`the stream ${path} is open`, () => isOpen || isEnded);
  return {
    status,
    events,
    get isEnded() {
      return isEnded;
    },
    dataOf: (kind) => events.filter(({ event }) => event === kind).map(({ data }) => JSON.parse(data) as unknown),
    close: () => void outgoing.destroy(),
  };
}

/** Null: a comment. */
function parse(block: string): StreamEvent | null {
  const field = (name: string): string | null =>
    block
      .split('\n')
      .find((line) => line.startsWith(`${name}: `))
      ?.slice(name.length + 2) ?? null;
  const event = field('event');
  return event === null ? null : { event, id: field('id'), data: field('data') ?? '' };
}
