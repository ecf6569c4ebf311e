import { type EntityLine, formatEntityLine } from '@flaghoist/protocol/ruleset';

/** About a millisecond of formatting. */
const SLICE = 500;

/** A full block as bytes, formatted a slice at a time so that requests are answered in between. */
export async function formatSliced(head: string, entities: readonly EntityLine[]): Promise<Uint8Array> {
  const buffers = [Buffer.from(`${head}\n`)];
  for (let from = 0; from < entities.length; from += SLICE) {
    await new Promise(setImmediate);
    const lines = entities.slice(from, from + SLICE).map((line) => `${formatEntityLine(line)}\n`);
    buffers.push(Buffer.from(lines.join('')));
  }
  return Buffer.concat(buffers);
}
