import { useQueries, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import type { Candidate, Change } from '../../api/openapi.d.ts';
import { failureOf } from '../../api/problem.ts';
import { candidateQuery, useDecideCandidate } from '../../api/queries/candidates.ts';
import { changeQuery } from '../../api/queries/history.ts';
import { environmentsQuery } from '../../api/queries/projects.ts';
import { useMyRights } from '../../api/queries/rights.ts';
import { isAtLeast } from '../../api/rights.ts';
import { Badge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { DiffView } from '../../ui/diff-view.tsx';
import { ErrorNote } from '../../ui/error-note.tsx';
import { Section } from '../../ui/section.tsx';

const LOOK_MS = 2_000;

/** Where a change is tried before it is published, how it does there, and ending that. Nothing where it is not. */
export function Tried({ project, change }: { readonly project: string; readonly change: Change }) {
  const environments = useQuery(environmentsQuery(project)).data ?? [];
  const staged = environments.filter(({ holdSeconds, archivedAt }) => holdSeconds !== null && archivedAt === null);
  const isTried = change.state === 'candidate';
  const found = useQueries({
    queries: staged.map(({ key }) => ({
      ...candidateQuery(project, key),
      refetchInterval: isTried ? LOOK_MS : (false as const),
    })),
  });
  const candidates = found.flatMap(({ data }) => (data?.change === change.id ? [data] : []));
  const isDecided = isTried && candidates.some(({ state }) => state !== 'tried');
  const client = useQueryClient();
  const { queryKey } = changeQuery(project, change.id);
  useEffect(() => {
    if (isDecided) void client.invalidateQueries({ queryKey });
  }, [client, isDecided, queryKey]);
  return candidates.map((candidate) => <One key={candidate.environment} candidate={candidate} />);
}

function One({ candidate }: { readonly candidate: Candidate }) {
  const { project, environment, change, base, state, why, decidedBy, health, healthWhy, entities } = candidate;
  const decide = useDecideCandidate(project, environment);
  const role = useMyRights().inEnvironment(project, environment);
  const send = (decision: 'promote' | 'withdraw') => () => decide.mutate({ decision, change });
  return (
    <Section
      className="mt-6"
      title={`Tried in ${environment}`}
      description={`On canary edges, on revision ${base}, before it is published.`}
    >
      <Card>
        <div className="grid gap-3">
          <p className="flex flex-wrap items-center gap-2" aria-live="polite">
            <Badge tone={toneOf(candidate)}>{state === 'tried' ? health : state}</Badge>
            <span>{state === 'tried' ? healthWhy : saidOnce(why, decidedBy)}</span>
          </p>
          {candidate.canaries.some(({ problem }) => problem !== null) && (
            <ul className="text-sm text-soft">
              {candidate.canaries.map(
                ({ edge, host, problem }) => problem !== null && <li key={edge}>{`${host}: ${problem}`}</li>,
              )}
            </ul>
          )}
          {state === 'tried' && isAtLeast(role, 'editor') && (
            <div className="flex flex-wrap gap-2">
              <Button tone="danger" loading={decide.isPending} onClick={send('withdraw')}>
                Withdraw
              </Button>
              {role === 'admin' && (
                <Button loading={decide.isPending} onClick={send('promote')}>
                  Publish now
                </Button>
              )}
            </div>
          )}
          {decide.isError && <ErrorNote failure={failureOf(decide.error)} />}
          {state !== 'promoted' &&
            entities.map(({ kind, key, before, after }) => (
              <section key={`${kind} ${key}`} className="grid min-w-0 gap-2" aria-label={`${kind} ${key}`}>
                <h3 className="font-mono">{key}</h3>
                <DiffView
                  before={before}
                  after={after}
                  aria-label={`What would change about ${key} in ${environment}`}
                />
              </section>
            ))}
        </div>
      </Card>
    </Section>
  );
}

function toneOf({ state, health }: Candidate) {
  if (state === 'withdrawn' || (state === 'tried' && health === 'ill')) return 'danger';
  return state === 'promoted' || health === 'healthy' ? 'on' : 'neutral';
}

/** Who decided is often said by why already. */
function saidOnce(why: string | null, decidedBy: string | null): string {
  const said = why ?? '';
  return decidedBy === null || said.includes(decidedBy) ? said : `${said} (${decidedBy})`;
}
