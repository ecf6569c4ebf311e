/** One environment's content at one revision, and the steps that change it or leave no trace. */
import { emptyRuleset, patch, type RegexEngine, type Ruleset } from '@flaghoist/evaluator';
import {
  type Block,
  ENGINE,
  type EntityLine,
  formatHead,
  type Head,
  isRule,
  isShrinking,
  RootIndex,
  rulesOf,
  type Sha256,
} from '@flaghoist/protocol/ruleset';
import { indexPrerequisites, type PrerequisiteIndex } from './prerequisite-index.ts';

/** Whether a head's access root is checked and keys are held (`verified`), or keys never arrive (`opaque`). */
export type Access = 'verified' | 'opaque';

/**
 * Why a head's signature is not that of a trusted key over exactly this text, in words for people; null: it is. `signature`
 * is that of a block; null: there is none. Never throws.
 */
export type CheckSignature = (headText: string, signature: string | null) => string | null;

export type RefusalReason =
  /** Signatures are asked for, and the head has none of a trusted key. */
  | 'signature'
  | 'environment'
  | 'epoch'
  | 'gap'
  | 'history'
  | 'hash'
  | 'root'
  | 'engine'
  | 'entity'
  /** It loses more than a fifth of the flags, and its head does not say that somebody confirmed that. */
  | 'shrink';

export interface Refusal {
  readonly ok: false;
  readonly reason: RefusalReason;
  readonly message: string;
}

export interface Applied {
  readonly ok: true;
  /** The entities that differ from before; one that is gone has a null `sha256`. */
  readonly changed: readonly EntityLine[];
}

export type ApplyResult = Applied | Refusal;

/** What verifying a block needs to know. */
export interface Verification {
  readonly sha256: Sha256;
  readonly access: Access;
  /** Null: evaluations that reach a regular expression answer an error. */
  readonly regex: RegexEngine | null;
  /** Absent: heads need no signature; one that is there is carried along and not looked at. */
  readonly signatures?: CheckSignature | undefined;
  /** The only environment whose rulesets are applied. Absent: that of the first one. */
  readonly environment?: string | undefined;
}

export interface RulesetCopy {
  head: Head;
  headText: string;
  headHash: string;
  signature: string | null;
  ruleset: Ruleset;
  readonly entities: Map<string, EntityLine>;
  /** Flags among them. */
  flags: number;
  readonly rules: RootIndex;
  readonly access: RootIndex;
  readonly prerequisites: PrerequisiteIndex;
  /** The names of all entities in order; null when entities came or went since they were last sorted. */
  sortedNames: readonly string[] | null;
}

type Outcome<T> = { readonly ok: true; readonly value: T } | Refusal;

/** What a copy begins with. */
export function createRuleset({ regex }: Verification): Ruleset {
  return emptyRuleset(regex === null ? {} : { regex });
}

/**
 * Builds a copy out of a full block and nothing else. `base` only saves work: what it holds under the same name and hash
 * is not prepared again.
 */
export function buildCopy(verification: Verification, block: Block, base: RulesetCopy | null): Outcome<RulesetCopy> {
  const { sha256, access } = verification;
  const refusal = checkHead(block) ?? checkEntities(verification, block) ?? checkWhole(block);
  if (refusal !== null) return refusal;
  const rules = new RootIndex(sha256);
  const keys = new RootIndex(sha256);
  rules.apply(block.entities.filter((line) => isRule(line.kind)));
  keys.apply(block.entities.filter((line) => !isRule(line.kind)));
  const mismatch = checkRoots(block, access, rules, keys);
  if (mismatch !== null) return mismatch;
  const entities = new Map(block.entities.map((line) => [nameOf(line), line]));
  const shrinking = base === null ? null : checkNextShrink(base, block, entities);
  if (shrinking !== null) return shrinking;
  const prepared =
    base === null
      ? patch(createRuleset(verification), rulesOf(block.entities))
      : patch(base.ruleset, rulesOf(differences(base.entities, entities)));
  if (!prepared.ok) return unprepared(prepared.problems);
  const { head, headText } = block;
  const prerequisites: PrerequisiteIndex = new Map();
  indexPrerequisites(prerequisites, block.entities);
  const ruleset = prepared.value;
  const copy = {
    head,
    headText,
    headHash: sha256(headText),
    signature: block.signature ?? null,
    ruleset,
    entities,
    flags: block.entities.reduce((count, { kind }) => count + Number(kind === 'flag'), 0),
    rules,
    access: keys,
    prerequisites,
    sortedNames: null,
  };
  return { ok: true, value: copy };
}

/** Turns revision n into n+1 in place, at a cost that depends on the patch; a refused patch leaves the copy as it was. */
export function patchCopy(verification: Verification, copy: RulesetCopy, block: Block): ApplyResult {
  const refusal = checkHead(block) ?? checkSuccession(copy, block) ?? checkEntities(verification, block);
  if (refusal !== null) return refusal;
  const changed = block.entities.filter((line) => (copy.entities.get(nameOf(line))?.sha256 ?? null) !== line.sha256);
  const lost = changed.filter(({ kind, sha256 }) => kind === 'flag' && sha256 === null).length;
  const shrinking = checkShrink(copy, lost, block);
  if (shrinking !== null) return shrinking;
  const undoRules = copy.rules.apply(changed.filter((line) => isRule(line.kind)));
  const undoAccess = copy.access.apply(changed.filter((line) => !isRule(line.kind)));
  const undo = (refusal: Refusal): Refusal => {
    undoRules();
    undoAccess();
    return refusal;
  };
  const mismatch = checkRoots(block, verification.access, copy.rules, copy.access);
  if (mismatch !== null) return undo(mismatch);
  const patched = patch(copy.ruleset, rulesOf(changed));
  if (!patched.ok) return undo(unprepared(patched.problems));
  for (const line of changed) {
    const name = nameOf(line);
    if (line.kind === 'flag') copy.flags += Number(line.sha256 !== null) - Number(copy.entities.has(name));
    if (line.sha256 === null ? copy.entities.delete(name) : !copy.entities.has(name)) copy.sortedNames = null;
    if (line.sha256 !== null) copy.entities.set(name, line);
  }
  indexPrerequisites(copy.prerequisites, changed);
  copy.head = block.head;
  copy.headText = block.headText;
  copy.headHash = verification.sha256(block.headText);
  copy.signature = block.signature ?? null;
  copy.ruleset = patched.value;
  return { ok: true, changed };
}

/** All entities, by kind and then key in code unit order; stays what it is when the copy is patched afterwards. */
export function sortedEntities(copy: RulesetCopy): readonly EntityLine[] {
  copy.sortedNames ??= [...copy.entities.keys()].sort();
  const lines: EntityLine[] = [];
  for (const name of copy.sortedNames) {
    const line = copy.entities.get(name);
    if (line !== undefined) lines.push(line);
  }
  return lines;
}

/** What turns one set of entities into the other. */
export function differences(
  before: ReadonlyMap<string, EntityLine>,
  after: ReadonlyMap<string, EntityLine>,
): readonly EntityLine[] {
  const lines = [...after].filter(([name, line]) => before.get(name)?.sha256 !== line.sha256).map(([, line]) => line);
  for (const [name, { kind, key }] of before) if (!after.has(name)) lines.push({ kind, key, sha256: null, json: null });
  return lines;
}

export function nameOf(line: Pick<EntityLine, 'kind' | 'key'>): string {
  return `${line.kind}\t${line.key}`;
}

export function refuse(reason: RefusalReason, message: string): Refusal {
  return { ok: false, reason, message };
}

/** What is asked of a head before anything else is looked at. */
export function checkSigned({ signatures }: Verification, { head, headText, signature }: Block): Refusal | null {
  const problem = signatures?.(headText, signature ?? null) ?? null;
  return problem === null
    ? null
    : refuse('signature', `Revision ${head.epoch}.${head.revision} is refused: ${problem}.`);
}

function checkSuccession(copy: RulesetCopy, { head }: Block): Refusal | null {
  const mine = copy.head;
  const next = mine.revision + 1;
  if (head.environment !== mine.environment)
    return refuse(
      'environment',
      `The patch is for environment ${head.environment}, this copy for ${mine.environment}.`,
    );
  if (head.epoch !== mine.epoch)
    return refuse(
      'epoch',
      `The patch is of epoch ${head.epoch}, this copy of ${mine.epoch}; a full ruleset is needed.`,
    );
  if (head.candidate !== undefined) {
    if (mine.candidate !== undefined || head.revision !== mine.revision)
      return refuse(
        'gap',
        `The candidate is on revision ${head.revision}, this copy is elsewhere; a full ruleset is needed.`,
      );
  } else if (head.revision !== next)
    return refuse(
      'gap',
      `The patch makes revision ${head.revision}, ${next} is needed; a full ruleset closes the gap.`,
    );
  if (head.previous !== copy.headHash)
    return refuse('history', `Revision ${head.revision} follows another revision ${mine.revision} than this copy's.`);
  return null;
}

/** A full block of the revision that follows: what a patch to it would have to confirm, it has to confirm too. */
function checkNextShrink(base: RulesetCopy, block: Block, entities: ReadonlyMap<string, EntityLine>): Refusal | null {
  if (checkSuccession(base, block) !== null) return null;
  let lost = 0;
  for (const [name, { kind }] of base.entities) if (kind === 'flag' && !entities.has(name)) lost++;
  return checkShrink(base, lost, block);
}

function checkShrink({ flags }: RulesetCopy, flagsLost: number, { head }: Block): Refusal | null {
  if (!isShrinking({ flags, flagsLost }) || head.confirmations.includes('shrink')) return null;
  return refuse(
    'shrink',
    `Revision ${head.revision} removes ${flagsLost} of ${flags} flags, more than a fifth, and nobody confirmed that.`,
  );
}

function checkHead({ head, headText }: Block): Refusal | null {
  if (formatHead(head) !== headText) return refuse('hash', 'The head is not what its text says.');
  if (head.engine > ENGINE)
    return refuse('engine', `The ruleset needs engine ${head.engine}, this build has ${ENGINE}; upgrade it.`);
  return null;
}

function checkEntities({ sha256, access }: Verification, { entities }: Block): Refusal | null {
  const names = new Set<string>();
  for (const line of entities) {
    const { kind, key, json } = line;
    const name = nameOf(line);
    if (names.has(name)) return refuse('entity', `${kind}/${key} stands twice in one block.`);
    names.add(name);
    if (kind === 'key' && access === 'opaque') return refuse('entity', `${kind}/${key} must not reach this copy.`);
    if (json === null ? line.sha256 !== null : line.sha256 !== sha256(json))
      return refuse('hash', `The text of ${kind}/${key} does not have the hash it came with.`);
    if (kind === 'chunk' && json !== null && key !== line.sha256)
      return refuse('entity', `${kind}/${key} is not named after its hash ${line.sha256}.`);
  }
  return null;
}

function checkWhole(block: Block): Refusal | null {
  const gone = block.entities.find((line) => line.json === null);
  return gone === undefined ? null : refuse('entity', `${gone.kind}/${gone.key} is deleted in a full ruleset.`);
}

function checkRoots({ head }: Block, access: Access, rules: RootIndex, keys: RootIndex): Refusal | null {
  const at = `revision ${head.revision}`;
  if (rules.root() !== head.rules) return refuse('root', `The flags, segments and chunks are not those of ${at}.`);
  if (access === 'verified' && keys.root() !== head.access) return refuse('root', `The keys are not those of ${at}.`);
  return null;
}

function unprepared(problems: readonly { readonly path: string; readonly message: string }[]): Refusal {
  const first = problems[0];
  const more = problems.length > 1 ? ` (and ${problems.length - 1} more)` : '';
  return refuse(
    'entity',
    first === undefined ? 'The ruleset cannot be prepared.' : `${first.path}: ${first.message}${more}`,
  );
}
