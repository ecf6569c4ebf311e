/** Bugs in what is checked before something is used: the copy of a ruleset, in clients and edges alike. */
import { type ApplyResult, LastGood, VerifiedRuleset } from '@flaghoist/client';
import { type Block, formatHead } from '@flaghoist/protocol/ruleset';
import { sha256 } from '@flaghoist/runtime/crypto';
import { forge, merge } from './forged.ts';
import type { PlantedBug } from './planted-bug.ts';
import { NO_SEAMS } from './seams.ts';

/** Puts another member in the place of a prototype's, for the time of a run. */
function replaced<T extends object, N extends keyof T>(
  prototype: T,
  name: N,
  make: (original: T[N]) => T[N],
): () => () => void {
  return () => {
    const original = prototype[name];
    prototype[name] = make(original);
    return () => {
      prototype[name] = original;
    };
  };
}

/** Applies a patch after all when it is refused for one of these reasons. */
function careless(reasons: ReadonlySet<string>): () => () => void {
  return replaced(VerifiedRuleset.prototype, 'applyPatch', (original) => {
    return function applyPatch(this: VerifiedRuleset, block: Block): ApplyResult {
      const result = original.call(this, block);
      if (result.ok || !reasons.has(result.reason) || this.head?.environment !== block.head.environment) return result;
      const head = { ...block.head, access: this.head.access };
      return this.applyFull(forge(head, merge(this.entities(), block)));
    };
  });
}

/** Applies a snapshot after all when its texts do not have their hashes. */
const trustingSnapshots = replaced(VerifiedRuleset.prototype, 'applyBlocks', (original) => {
  return function applyBlocks(this: VerifiedRuleset, blocks, mayStop) {
    const result = original.call(this, blocks, mayStop);
    const [full, ...patches] = blocks;
    if (result.ok || result.reason !== 'hash' || full === undefined || patches.length > 0) return result;
    return original.call(this, [forge(full.head, full.entities)]);
  };
});

export const CHECK_BUGS: readonly PlantedBug[] = [
  {
    name: 'applies a patch to whatever it holds, without looking at what it follows',
    breaks: ['I4', 'I2'],
    seams: { ...NO_SEAMS, install: careless(new Set(['gap', 'history', 'root'])) },
  },
  {
    name: 'takes a text without comparing its hash',
    breaks: ['I4', 'I3'],
    seams: {
      ...NO_SEAMS,
      install() {
        const putBack = [careless(new Set(['hash']))(), trustingSnapshots()];
        return () => {
          for (const one of putBack) one();
        };
      },
    },
  },
  {
    name: 'forgets what is quarantined',
    breaks: ['I4'],
    seams: { ...NO_SEAMS, install: replaced(LastGood.prototype, 'refusal', () => () => null) },
  },
  {
    name: 'writes the place down before the content, each in a file of its own',
    breaks: ['I4'],
    seams: {
      ...NO_SEAMS,
      store(store) {
        // The content of the save before stands beside the head of this one until the next turn.
        let head = '';
        let content = '';
        return {
          ...store,
          async save(chunks, keepPrevious) {
            const [header = '', headText = '', ...lines] = chunks.join('').split('\n');
            const before = content === '' ? lines.join('\n') : content;
            head = headText;
            await store.save([mismatched(header, head, before)], keepPrevious);
            await new Promise((resolve) => setTimeout(resolve, 2_000));
            content = lines.join('\n');
            await store.save(chunks, false);
          },
        };
      },
    },
  },
];

/** A file that reads well and holds an older content under a newer head. */
function mismatched(header: string, headText: string, content: string): string {
  const head = JSON.parse(headText) as Block['head'];
  const entities = content
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const [kind = '', key = '', , json = ''] = line.split('\t');
      return { kind, key, json, sha256: null } as unknown as Block['entities'][number];
    });
  return storedText(header, forge(head, entities));
}

function storedText(header: string, block: Block): string {
  const body = `${formatHead(block.head)}\n${block.entities.map((line) => `${line.kind}\t${line.key}\t${line.sha256}\t${line.json}\n`).join('')}`;
  return resealed(header, block, body);
}

function resealed(header: string, block: Block, body: string): string {
  const fields = JSON.parse(header) as Record<string, unknown>;
  const sealed = { ...fields, length: Buffer.byteLength(body), sha256: '', head: sha256(block.headText) };
  const digest = sha256(body + JSON.stringify(sealed));
  return `${JSON.stringify({ ...sealed, sha256: digest })}\n${body}`;
}
