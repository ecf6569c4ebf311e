// @ts-check
/** An environment's history as the publisher makes it: genuine entities, roots, heads and hashes, without a database. */
import { randomUUID } from 'node:crypto';
import { formatBlock, formatHead, isRule, RootIndex } from '@flaghoist/protocol/ruleset';
import { mintSecret } from '@flaghoist/protocol/keys';
import { randomBytes, sha256 } from '@flaghoist/runtime/crypto';

/** @typedef {import('@flaghoist/protocol/ruleset').EntityLine} EntityLine */

export class History {
  /** The environment's id. */
  id = randomUUID();
  revision = 0;
  headText = '';
  /** @type {Map<string, EntityLine>} */
  entities = new Map();
  #rules = new RootIndex(sha256);
  #access = new RootIndex(sha256);

  /**
   * The block that makes the next revision.
   *
   * @param {readonly EntityLine[]} lines
   */
  change(lines) {
    for (const line of lines) this.entities.set(`${line.kind}\t${line.key}`, line);
    this.#rules.apply(lines.filter(({ kind }) => isRule(kind)));
    this.#access.apply(lines.filter(({ kind }) => !isRule(kind)));
    this.revision++;
    this.headText = formatHead({
      environment: this.id,
      epoch: 1,
      revision: this.revision,
      previous: this.headText === '' ? '' : sha256(this.headText),
      rules: this.#rules.root(),
      access: this.#access.root(),
      engine: 1,
      confirmations: [],
    });
    return formatBlock(this.headText, lines);
  }
}

/**
 * @param {import('@flaghoist/evaluator').FlagConfiguration} flag
 * @returns {EntityLine & { json: string }}
 */
export function flagLine(flag) {
  const json = JSON.stringify(flag);
  return { kind: 'flag', key: flag.key, sha256: sha256(json), json };
}

/** A server key, as its holder and as the access document have it. */
export function createServerKey() {
  const { id, text, sha256: hash } = mintSecret('server', randomBytes(40), sha256);
  const json = JSON.stringify({ id, kind: 'server', sha256: hash });
  /** @type {EntityLine} */
  const line = { kind: 'key', key: id, sha256: sha256(json), json };
  return { text, line };
}
