/** Which of what was read a published change makes old. */
import type { QueryKey } from '@tanstack/react-query';
import type { Change } from './openapi.d.ts';
import { keys } from './queries/keys.ts';

export function keysOfChange(project: string, change: Pick<Change, 'entities'>): readonly QueryKey[] {
  const touched = new Map<string, QueryKey>();
  const add = (...list: readonly QueryKey[]): void => {
    for (const key of list) touched.set(JSON.stringify(key), key);
  };
  add(keys.changes(project), keys.environments(project));
  for (const { environment, kind, key } of change.entities) {
    if (kind === 'flag')
      add(
        keys.flags(project),
        keys.flag(project, key),
        keys.configuration(project, key, environment),
        keys.configuration(project, key, ALL),
      );
    // A chunk holds a part of a segment's members, and is named by them, not by the segment.
    else if (kind === 'segment' || kind === 'chunk')
      add(keys.segments(project), kind === 'segment' ? keys.segment(project, key) : SEGMENT(project));
    else if (kind === 'key') add(keys.sdkKeys(project));
    else add(keys.project(project));
  }
  return [...touched.values()];
}

/** Stands in a key of configurations for all environments. */
export const ALL = '*';

const SEGMENT = (project: string): QueryKey => ['project', project, 'segment'];
