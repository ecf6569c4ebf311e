/**
 * The database in memory: what the publisher reads and remembers, and the one transaction of a write. Commit order is
 * revision order; what is committed is on disk. A restore makes another database out of an earlier state of this one.
 */
import { compareCursors, formatBlock, formatHead, parseHead } from '@flaghoist/protocol/ruleset';
import { sha256 } from '@flaghoist/runtime/crypto';
import {
  type EntityVersion,
  type Line,
  type PublicationStore,
  type RevisionRecord,
  type WrittenRevision,
} from '@flaghoist/server/line';
import type { Edit } from './edit.ts';

type Publication = Line['at'];
type Withheld = Awaited<ReturnType<PublicationStore['readWithheld']>>;

export interface Written {
  readonly epoch: number;
  readonly revision: number;
}

export interface Change {
  readonly id: string;
  readonly environment: string;
  readonly edits: readonly Edit[];
}

interface EnvironmentRows {
  epoch: number;
  revision: number;
  readonly revisions: RevisionRecord[];
  readonly versions: EntityVersion[];
  readonly heads: Map<string, string>;
  publication: Publication | null;
  withheld: Withheld;
}

export class SimulatedDatabase {
  /** Counts restores. */
  readonly generation: number;
  /** Told of every commit. */
  onCommitted: (change: Change, written: Written) => void = () => undefined;
  readonly #environments = new Map<string, EnvironmentRows>();
  readonly #written = new Map<string, Written>();
  readonly #listeners = new Set<(environment: string) => void>();

  constructor(environments: readonly string[], generation = 0) {
    this.generation = generation;
    for (const id of environments)
      this.#environments.set(id, {
        epoch: 1,
        revision: 0,
        revisions: [],
        versions: [],
        heads: new Map(),
        publication: null,
        withheld: new Map(),
      });
  }

  /** One transaction. A change that was committed already answers what it answered then. */
  commit(change: Change): Written {
    const before = this.#written.get(change.id);
    if (before !== undefined) return before;
    const rows = this.#rows(change.environment);
    rows.revision += 1;
    const { epoch, revision } = rows;
    rows.revisions.push({ revision, epoch, changeId: change.id, confirmations: [] });
    for (const { kind, key, json } of change.edits)
      rows.versions.push({ kind, key, json, revision, sha256: json === null ? null : sha256(json) });
    const written = { epoch, revision };
    this.#written.set(change.id, written);
    this.onCommitted(change, written);
    for (const hear of this.#listeners) hear(change.environment);
    return written;
  }

  /** Of the notification that something was committed. */
  listen(hear: (environment: string) => void): () => void {
    this.#listeners.add(hear);
    return () => this.#listeners.delete(hear);
  }

  /** Ids of everything that was committed. */
  changes(): readonly string[] {
    return [...this.#written.keys()];
  }

  lines() {
    return [...this.#environments].map(([environmentId, { epoch, revision }]) => ({ environmentId, epoch, revision }));
  }

  writtenAfter(environment: string, after: number, limit: number): readonly WrittenRevision[] {
    const { revisions, versions } = this.#rows(environment);
    const found = revisions.filter(({ revision }) => revision > after).slice(0, limit);
    return found.map((one) => ({ ...one, versions: versions.filter(({ revision }) => revision === one.revision) }));
  }

  entitiesAt(
    environment: string,
    revision: number,
    before: readonly { readonly kind: string; readonly key: string; readonly since: number }[] = [],
  ): EntityVersion[] {
    const newest = new Map<string, EntityVersion>();
    for (const version of this.#rows(environment).versions) {
      const isLate = before.some(
        ({ kind, key, since }) => kind === version.kind && key === version.key && version.revision >= since,
      );
      if (version.revision <= revision && !isLate) newest.set(`${version.kind}\t${version.key}`, version);
    }
    return [...newest.values()].filter(({ json }) => json !== null);
  }

  readonly publications: {
    readonly [name in keyof PublicationStore]: (
      ...asked: Parameters<PublicationStore[name]>
    ) => Awaited<ReturnType<PublicationStore[name]>>;
  } = {
    readPublications: () =>
      new Map(
        [...this.#environments].flatMap(([id, { publication }]) =>
          publication === null ? [] : [[id, publication] as const],
        ),
      ),
    readHead: (environment, at) => this.#rows(environment).heads.get(placeName(at)),
    readHeads: (environments) =>
      new Map(
        environments.flatMap((id) => {
          const { publication, heads } = this.#rows(id);
          const text = publication === null ? undefined : heads.get(placeName(publication));
          return publication === null || text === undefined ? [] : [[id, { ...publication, text }] as const];
        }),
      ),
    readWithholding: () =>
      new Set([...this.#environments].flatMap(([id, { withheld }]) => (withheld.size > 0 ? [id] : []))),
    readWithheld: (environment) => this.#rows(environment).withheld,
    remember: (environment, blocks, withheld) => {
      const rows = this.#rows(environment);
      for (const { publication, head } of blocks)
        if (!rows.heads.has(placeName(publication))) rows.heads.set(placeName(publication), head);
      const last = blocks.at(-1)?.publication;
      if (last === undefined || (rows.publication && compareCursors(rows.publication, last) >= 0)) return;
      rows.publication = last;
      rows.withheld = withheld;
    },
  };

  /** As a backup holds it that was made now. */
  copy(restores = 1): SimulatedDatabase {
    const copy = new SimulatedDatabase([], this.generation + restores);
    for (const [id, rows] of this.#environments)
      copy.#environments.set(id, {
        ...rows,
        revisions: [...rows.revisions],
        versions: [...rows.versions],
        heads: new Map(rows.heads),
      });
    for (const [id, written] of this.#written) copy.#written.set(id, written);
    return copy;
  }

  /**
   * As `publishInNewEpoch` of the server does for a database that was restored: what was published is published once more in
   * an epoch of its own. Answers the checkpoints for the bus.
   */
  raiseEpoch(
    epoch: number,
  ): readonly { readonly environment: string; readonly id: string; readonly body: Uint8Array }[] {
    return [...this.#environments].flatMap(([environment, rows]) => {
      const { publication } = rows;
      rows.epoch = epoch;
      const isUnseen = ({ revision }: RevisionRecord) => revision > (publication?.revision ?? 0);
      rows.revisions.splice(0, Infinity, ...rows.revisions.map((one) => (isUnseen(one) ? { ...one, epoch } : one)));
      const head = publication === null ? null : parseHead(rows.heads.get(placeName(publication)) ?? '');
      if (publication === null || head === null) return [];
      const text = formatHead({ ...head, epoch, previous: publication.hash });
      rows.publication = { epoch, revision: publication.revision, hash: sha256(text) };
      rows.heads.set(placeName(rows.publication), text);
      const late = [...rows.withheld.values()].map(({ version: { kind, key }, since }) => ({ kind, key, since }));
      const body = Buffer.from(formatBlock(text, this.entitiesAt(environment, publication.revision, late)));
      return [{ environment, id: `${environment}.${epoch}.${publication.revision}.checkpoint`, body }];
    });
  }

  #rows(environment: string): EnvironmentRows {
    const rows = this.#environments.get(environment);
    if (rows === undefined) throw new Error(`There is no environment ${environment}.`);
    return rows;
  }
}

function placeName({ epoch, revision }: Pick<Publication, 'epoch' | 'revision'>): string {
  return `${epoch}.${revision}`;
}
