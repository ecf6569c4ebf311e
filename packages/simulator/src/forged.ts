/** What a careless reader would make of content that does not verify: for planted bugs. */
import { VerifiedRuleset } from '@flaghoist/client';
import { createRegexEngine } from '@flaghoist/client/regex';
import { type Block, type EntityLine, formatHead, type Head, isRule, RootIndex } from '@flaghoist/protocol/ruleset';
import { sha256 } from '@flaghoist/runtime/crypto';

/** A full block of these entities under this head, made so that it verifies. */
export function forge(head: Head, entities: Iterable<EntityLine>): Block {
  const lines = [...entities]
    .filter(({ json }) => json !== null)
    .map((line) => ({ ...line, sha256: line.json === null ? null : sha256(line.json) }));
  const root = (ofRules: boolean): string => {
    const index = new RootIndex(sha256);
    index.apply(lines.filter(({ kind }) => isRule(kind) === ofRules));
    return index.root();
  };
  const forged = {
    ...head,
    rules: root(true),
    ...(lines.some(({ kind }) => kind === 'key') ? { access: root(false) } : {}),
  };
  return { head: forged, headText: formatHead(forged), entities: lines };
}

/** What is held with a block on top, whether or not the one leads to the other. */
export function merge(held: Iterable<EntityLine>, block: Block): readonly EntityLine[] {
  const merged = new Map<string, EntityLine>();
  for (const line of [...held, ...block.entities]) merged.set(`${line.kind}\t${line.key}`, line);
  return [...merged.values()];
}

/** Empty, as an SDK has it. */
export function emptyRuleset(): VerifiedRuleset {
  return new VerifiedRuleset({ sha256, access: 'opaque', regex: createRegexEngine() });
}
