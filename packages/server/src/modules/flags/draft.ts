/** A flag as it would be after an edit that nobody has made. */
import type { FlagConfiguration, RegexEngine } from '@flaghoist/evaluator';
import type { FlagConfigurationEdit } from '@flaghoist/protocol/management';
import { sha256 } from '@flaghoist/runtime/crypto';
import { Refusal } from '../../platform/refusal.ts';
import { type Changes, type EntityVersion, entityText } from '../changes/index.ts';
import { conditionsSetBy, editConfiguration } from './decide.ts';
import type { Segments } from '../segments/index.ts';
import { type FlagSource, requireSoundPrerequisites } from './prerequisites.ts';

interface DraftDeps {
  readonly changes: Changes;
  readonly segments: Segments;
  readonly regex: RegexEngine;
}

const AT = '$.draft';
const ALL = 2 ** 31 - 1;

/** Refuses what the edit itself would be refused for, but for its If-Match: a draft is of the newest configuration. */
export async function draftEntity(
  { changes, segments, regex }: DraftDeps,
  environmentId: string,
  key: string,
  edit: FlagConfigurationEdit,
): Promise<EntityVersion> {
  const before = await changes.newest(environmentId, 'flag', key);
  if (before?.json == null) throw new Refusal('not_found', `There is no flag ${key} here of which this is a draft.`);
  const after = editConfiguration(JSON.parse(before.json) as FlagConfiguration, edit, regex, AT);
  const json = entityText('flag', key, after);
  if (edit.prerequisites !== undefined && edit.prerequisites.length > 0)
    await requireSoundPrerequisites(withDraft(changes, key, json), [{ environmentId, flag: key, at: AT }]);
  await segments.refuseArchived(environmentId, conditionsSetBy(edit, AT));
  return { kind: 'flag', key, revision: before.revision, json, sha256: sha256(json) };
}

function withDraft(changes: Changes, draftKey: string, draft: string): FlagSource {
  return {
    async stagedOf(environmentId, kind) {
      const newest = await changes.newestOf(environmentId, kind, '', ALL);
      return newest.map(({ key, json }) => ({ key, json: key === draftKey ? draft : (json ?? '') }));
    },
  };
}
