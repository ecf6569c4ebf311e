import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { inOrder } from '../../api/environment-look.ts';
import { environmentsQuery } from '../../api/queries/projects.ts';
import { useMyRights } from '../../api/queries/rights.ts';
import { whyNot } from '../../api/rights.ts';
import { useKept } from '../../ui/use-kept.ts';

const NONE: readonly never[] = [];

/** The environments of a project, the one that is looked at (the address names it, else the one of the last visit), and who may edit there. */
export function useSegmentPlace(project: string, asked: string | undefined) {
  const { data, isPending, error } = useQuery(environmentsQuery(project));
  const [last, remember] = useKept(`flaghoist-segments ${project}`);
  const environments = useMemo(() => (data === undefined ? NONE : inOrder(data)), [data]);
  const environment =
    [asked, last].flatMap((key) => environments.find((one) => one.key === key) ?? [])[0] ?? environments[0] ?? null;
  const rights = useMyRights();
  const locked =
    environment === null ? null : whyNot(rights.inEnvironment(project, environment.key), 'editor', environment.name);
  return { environments, environment, isPending, error, locked, remember };
}
