/** Blocks whose head, hashes or lines lie. */
import { type Block, type EntityLine, formatHead, type Head } from '@flaghoist/protocol/ruleset';
import { flag, gone, sha256 } from '../published-environment.ts';
import type { Poison } from './poison-kind.ts';

const OTHER = sha256('other');

function withHead(members: Partial<Head>): (block: Block) => Block {
  return (block) => {
    const head = { ...block.head, ...members };
    return { ...block, head, headText: formatHead(head) };
  };
}

function withLines(change: (lines: readonly EntityLine[]) => readonly EntityLine[]): (block: Block) => Block {
  return (block) => ({ ...block, entities: change(block.entities) });
}

const HEADS: { readonly [name: string]: Partial<Head> } = {
  'another environment': { environment: 'env_2' },
  'no environment': { environment: '' },
  'another epoch': { epoch: 2 },
  'the epoch 0': { epoch: 0 },
  'the revision it follows': { revision: 1 },
  'a revision too many': { revision: 3 },
  'a revision beyond all numbers': { revision: Number.MAX_SAFE_INTEGER },
  'a revision that is none': { revision: Number.NaN },
  'no revision before it': { previous: '' },
  'another revision before it': { previous: OTHER },
  'other rules': { rules: OTHER },
  'no rules': { rules: '' },
  'other keys': { access: OTHER },
  'an engine of the future': { engine: 2 },
  'an engine beyond all numbers': { engine: 1e308 },
};

const EDIT = flag('checkout', 'on');
const SPOILS: { readonly [name: string]: (block: Block) => Block } = {
  'a text that is not its hash’s': withLines((lines) => lines.map((line) => ({ ...line, sha256: OTHER }))),
  'another text under its hash': withLines((lines) => lines.map((line) => ({ ...line, json: '{}' }))),
  'a text without a hash': withLines((lines) => lines.map((line) => ({ ...line, sha256: null }))),
  'a hash without a text': withLines((lines) => lines.map((line) => ({ ...line, json: null }))),
  'an entity twice': withLines((lines) => [...lines, ...lines]),
  'an entity too many': withLines((lines) => [...lines, { ...lines[0], key: 'extra' } as EntityLine]),
  'an entity too few': withLines(() => []),
  'an entity as a deletion': withLines(([line]) => [{ kind: 'flag', key: line?.key ?? '', sha256: null, json: null }]),
  'an entity under another name': withLines((lines) => lines.map((line) => ({ ...line, key: 'search' }))),
  'an entity as a segment': withLines((lines) => lines.map((line) => ({ ...line, kind: 'segment' }))),
  'a head that its text does not say': (block) => ({ ...block, head: { ...block.head, revision: 7 } }),
  'a head whose text has a member more': (block) => ({ ...block, headText: block.headText.replace('}', ',"x":1}') }),
  'a head whose text is none': (block) => ({ ...block, headText: '{' }),
};

export const BLOCK_POISON: readonly Poison[] = [
  ...Object.entries(HEADS).map(([name, members]): Poison => {
    return { name: `head: ${name}`, edits: [EDIT], spoil: withHead(members), readers: 'refuse' };
  }),
  ...Object.entries(SPOILS).map(([name, spoil]): Poison => {
    return { name: `block: ${name}`, edits: [EDIT], spoil, readers: 'refuse' };
  }),
  {
    name: 'block: three flags of eleven are gone, and nobody confirmed it',
    edits: [0, 1, 2].map((i) => gone('flag', `flag-${i}`)),
    readers: 'refuse',
  },
];
