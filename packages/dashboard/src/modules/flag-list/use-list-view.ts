import { useQuery } from '@tanstack/react-query';
import { useCallback, useMemo } from 'react';
import { inOrder } from '../../api/environment-look.ts';
import { environmentsQuery } from '../../api/queries/projects.ts';
import { useMyRights } from '../../api/queries/rights.ts';
import { whyNot } from '../../api/rights.ts';
import { useKept } from '../../ui/use-kept.ts';
import { environmentLetters } from './environment-letters.ts';
import type { RowView } from './flag-row.tsx';
import { readRemembered, shownEnvironments, switchedEnvironment } from './shown-environments.ts';

const NONE: readonly never[] = [];

/** The environments of the list: which are shown, whose switch stands in the rows, and who may use it. */
export function useListView(project: string, asked: string | undefined) {
  const { data, isPending } = useQuery(environmentsQuery(project));
  const [text, keep] = useKept(`flaghoist-flag-list ${project}`);
  const remembered = useMemo(() => readRemembered(text), [text]);
  const rights = useMyRights();
  const environments = useMemo(() => (data === undefined ? NONE : inOrder(data)), [data]);
  const keys = useMemo(() => environments.map(({ key }) => key), [environments]);
  const letters = useMemo(() => environmentLetters(keys), [keys]);
  const shown = useMemo(() => shownEnvironments(keys, remembered.shown), [keys, remembered.shown]);
  const switched = switchedEnvironment(keys, { asked, remembered: remembered.switched });
  const locked = switched === null ? null : whyNot(rights.inEnvironment(project, switched), 'editor', switched);
  const lockedProject = whyNot(rights.inProject(project), 'editor', project);
  const view = useMemo<RowView>(
    () => ({ project, shown, letters, switched, locked }),
    [project, shown, letters, switched, locked],
  );
  const rememberShown = useCallback(
    (next: readonly string[] | null) => keep(JSON.stringify({ ...remembered, shown: next })),
    [keep, remembered],
  );
  const rememberSwitched = useCallback(
    (next: string) => keep(JSON.stringify({ ...remembered, switched: next })),
    [keep, remembered],
  );
  return { view, environments, isPending, lockedProject, rememberShown, rememberSwitched };
}
