/** Somebody between an edge and its followers who can read and write everything but has no signing key. */
import { request as ask, createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createEventStreamParser } from '@flaghoist/client';
import {
  type Block,
  formatBlock,
  formatHead,
  isRule,
  NATIVE_PATHS,
  parseBlocks,
  RootIndex,
} from '@flaghoist/protocol/ruleset';
import { sha256 } from '@flaghoist/runtime/crypto';
import type { Scene } from './scene.ts';

/** What becomes of the blocks of a snapshot, of a patch, or of the one that a head is. */
export type Attack = (blocks: readonly Block[]) => readonly Block[];

export interface ManInTheMiddle {
  readonly url: string;
  /** Null: everything goes through as it is. Setting it cuts open streams. */
  attack(attack: Attack | null): void;
  /** Answers and events that left here otherwise than they came, since the attack began. */
  readonly altered: number;
}

export async function startManInTheMiddle(scene: Scene, upstream: string): Promise<ManInTheMiddle> {
  const open = new Set<ServerResponse>();
  const now = { attack: null as Attack | null, altered: 0 };
  const rewrite = (text: string): string => {
    const blocks = now.attack === null ? null : parseBlocks(text);
    if (blocks === null || now.attack === null) return text;
    const altered = now.attack(blocks).map(textOf).join('');
    if (altered !== text) now.altered += 1;
    return altered;
  };
  const server = createServer((request, response) => {
    const path = request.url?.split('?', 1)[0];
    // Nothing is compressed, and no 304 hides what could be altered.
    const { 'accept-encoding': _, 'if-none-match': __, host: ___, ...headers } = request.headers;
    const { method = 'GET' } = request;
    const asked = ask(`${upstream}${request.url}`, { method, headers, agent: false }, (answer) => {
      if (path === NATIVE_PATHS.stream && answer.statusCode === 200) passEvents(answer, response, rewrite);
      else void passWhole(answer, response, path?.startsWith(NATIVE_PATHS.ruleset) === true ? rewrite : (text) => text);
    });
    request.pipe(asked);
    asked.on('error', () => response.destroy());
    open.add(response);
    response.on('close', () => {
      open.delete(response);
      asked.destroy();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  scene.atEnd(
    () =>
      new Promise((resolve) => {
        server.close(resolve);
        server.closeAllConnections();
      }),
  );
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    attack(attack) {
      now.attack = attack;
      now.altered = 0;
      for (const response of open) response.destroy();
    },
    get altered() {
      return now.altered;
    },
  };
}

/** A block of the same revision with other entities, every hash and root of it right. Its signature stays what it was. */
export function forge(block: Block, replace: (json: string) => string): Block {
  if (block.entities.length === 0) return block;
  const entities = block.entities.map((line) => {
    const json = line.json === null ? null : replace(line.json);
    return { ...line, json, sha256: json === null ? null : sha256(json) };
  });
  const rules = new RootIndex(sha256);
  rules.apply(entities.filter(({ kind }) => isRule(kind)));
  const head = { ...block.head, rules: rules.root() };
  return { ...block, head, headText: formatHead(head), entities };
}

function textOf({ headText, entities, signature }: Block): string {
  return formatBlock(headText, entities, signature ?? null);
}

async function passWhole(answer: IncomingMessage, response: ServerResponse, rewrite: (text: string) => string) {
  let text = '';
  for await (const more of answer.setEncoding('utf8')) text += String(more);
  const type = answer.headers['content-type'] ?? 'text/plain';
  response.writeHead(answer.statusCode ?? 502, { 'content-type': type }).end(rewrite(text));
}

function passEvents(answer: IncomingMessage, response: ServerResponse, rewrite: (text: string) => string): void {
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
  const parser = createEventStreamParser(({ event, id, data }) => {
    const blocks = rewrite(`${data}\n`).slice(0, -1);
    const place = id === null ? '' : `id: ${id}\n`;
    response.write(`event: ${event}\n${place}data: ${blocks.replaceAll('\n', '\ndata: ')}\n\n`);
  });
  answer.setEncoding('utf8').on('data', (text: string) => parser.push(text));
  answer.on('close', () => response.end());
}
