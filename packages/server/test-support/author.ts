/** Makes content through the modules themselves, without HTTP and without anything that runs beside it. */
import type { FlagConfigurationEdit, FlagCreate, SegmentCreate } from '@flaghoist/protocol/management';
import type { Modules } from '../src/modules.ts';
import type { Command } from '../src/modules/changes/index.ts';
import type { Place } from '../src/platform/principal.ts';
import { EVERY_RIGHT } from '../src/platform/rights.ts';

export interface Author {
  /** A project with these environments; answers where each of them is. */
  project(key: string, environments: readonly string[]): Promise<readonly Place[]>;
  /** One more, which gets all living flags in its first revision. */
  environment(at: Place, key: string): Promise<Place>;
  flag(at: Place, flag: FlagCreate): Promise<void>;
  configure(at: Place, flag: string, edit: FlagConfigurationEdit): Promise<void>;
  /** One edit of each flag, all in one change. */
  configureAll(at: Place, flags: readonly string[], edit: FlagConfigurationEdit): Promise<void>;
  segment(at: Place, segment: SegmentCreate): Promise<void>;
  archiveFlag(at: Place, flag: string): Promise<void>;
  /** Answers the key's id. */
  key(at: readonly Place[], kind: 'server' | 'relay'): Promise<string>;
  revokeKey(at: Place, id: string): Promise<void>;
  /** Edits that make one revision each, in turn over some flags that it makes first. */
  manyRevisions(at: Place, count: number): Promise<void>;
}

export function createAuthor({ changes, projects, flags, segments, access }: Modules, name = 'author'): Author {
  const command = (action: string): Command => ({
    actor: { id: name, name },
    rights: EVERY_RIGHT,
    action,
    reason: null,
    idempotencyKey: null,
    fingerprint: '',
  });

  const author: Author = {
    async project(key, environments) {
      await projects.create(command('project.create'), { key, environments });
      const project = await projects.byKey(key);
      if (project === undefined) throw new Error(`project ${key} was not made`);
      const found = await projects.environments.ofProject(project.id);
      return environments.map((one) => {
        const environment = found.find((candidate) => candidate.key === one);
        if (environment === undefined) throw new Error(`environment ${one} was not made`);
        return {
          project: { id: project.id, key, archived: false },
          environment: { id: environment.id, key: one, archived: false },
        };
      });
    },
    async environment({ project }, key) {
      await projects.environments.create(command('environment.create'), project, { key });
      const made = await projects.environments.byKey(project.id, key);
      if (made === undefined) throw new Error(`environment ${key} was not made`);
      return { project, environment: { id: made.id, key, archived: false } };
    },
    async flag({ project }, flag) {
      await flags.create(command('flag.create'), project, flag);
    },
    async configure(at, flag, edit) {
      await flags.configurations.edit(command('flag.edit'), at, flag, '*', edit);
    },
    async configureAll({ project, environment }, keys, set) {
      const newest = await Promise.all(keys.map((key) => changes.newest(environment.id, 'flag', key)));
      const edits = newest.flatMap((flag) =>
        flag === undefined ? [] : [{ environment: environment.key, flag: flag.key, ifMatch: flag.revision, set }],
      );
      await flags.configurations.apply(command('change.apply'), project, edits);
    },
    async segment(at, segment) {
      await segments.create(command('segment.create'), at, segment);
    },
    async archiveFlag({ project }, flag) {
      await flags.archive(command('flag.archive'), project, flag, '*');
    },
    async key(at, kind) {
      const [first] = at;
      if (first === undefined) throw new Error('a key needs an environment');
      const environments = at.map(({ environment }) => environment);
      const made = await access.keys.create(command('key.create'), first.project.id, { kind, environments });
      return (made.body as { readonly id: string }).id;
    },
    async revokeKey({ project }, id) {
      await access.keys.revoke(command('key.revoke'), project.id, id);
    },
    async manyRevisions(at, count) {
      const made = Math.min(5, count);
      for (let i = 0; i < made; i++) await author.flag(at, { key: `${at.environment.key}-${i}`, type: 'boolean' });
      for (let i = made; i < count; i++) {
        const rules = [{ id: `r${i}`, conditions: [{ segment: 'beta' }], serve: { variant: 'on' } }];
        await author.configure(at, `${at.environment.key}-${i % made}`, { enabled: i % 2 === 0, rules });
      }
    },
  };
  return author;
}
