import { useQueries, useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useEffect } from 'react';
import type { Candidate, Change } from '../../api/openapi.d.ts';
import { failureOf } from '../../api/problem.ts';
import { candidateQuery, useDecideCandidate } from '../../api/queries/candidates.ts';
import { changeQuery } from '../../api/queries/history.ts';
import { useMyRights } from '../../api/queries/rights.ts';
import { isAtLeast } from '../../api/rights.ts';
import { Badge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { DiffView } from '../../ui/diff-view.tsx';
import { ErrorNote } from '../../ui/error-note.tsx';
import { Section } from '../../ui/section.tsx';
import { TimeText } from '../../ui/time-text.tsx';

const LOOK_MS = 2_000;

/** Where a change is tried before it is published, how it does there, and ending that. Nothing where it is not. */
export function Tried({ project, change }: { readonly project: string; readonly change: Change }) {
  const isTried = change.state === 'candidate';
  const found = useQueries({
    queries: change.candidates.map(({ environment }) => ({
      ...candidateQuery(project, environment, change.id),
      refetchInterval: isTried ? LOOK_MS : (false as const),
    })),
  });
  const candidates = found.flatMap(({ data }) => data ?? []);
  const isDecided = isTried && candidates.some(({ state }) => state !== 'tried');
  const client = useQueryClient();
  const { queryKey } = changeQuery(project, change.id);
  useEffect(() => {
    if (isDecided) void client.invalidateQueries({ queryKey });
  }, [client, isDecided, queryKey]);
  return candidates.map((candidate) => <One key={candidate.environment} candidate={candidate} />);
}

type Trial = Change['candidates'][number];

function TriedIn({ trial, children }: { readonly trial: Trial; readonly children: ReactNode }) {
  const { environment, base, rebuilt } = trial;
  const again =
    rebuilt === 0
      ? ''
      : ` Made anew ${rebuilt === 1 ? 'once' : `${rebuilt} times`}, because something urgent was published meanwhile.`;
  return (
    <Section
      className="mt-6"
      title={`Tried in ${environment}`}
      description={`On canary edges, on revision ${base}, before it is published.${again}`}
    >
      <Card>
        <div className="grid gap-3">{children}</div>
      </Card>
    </Section>
  );
}

/** What came of it, by whom and why; of what was withdrawn, how to go on. */
function Outcome({ trial }: { readonly trial: Pick<Trial, 'state' | 'why' | 'decidedBy' | 'decidedAt'> }) {
  const { state, why, decidedBy, decidedAt } = trial;
  return (
    <>
      <p className="flex flex-wrap items-center gap-2" aria-live="polite">
        <Badge tone={state === 'withdrawn' ? 'danger' : 'on'}>{state === 'withdrawn' ? 'Withdrawn' : 'Promoted'}</Badge>
        <span className="min-w-0 break-words">{saidOnce(why, decidedBy)}</span>
        {decidedAt !== null && (
          <span className="text-sm text-soft">
            <TimeText at={decidedAt} />
          </span>
        )}
      </p>
      {state === 'withdrawn' && (
        <p className="text-sm text-soft">
          Everybody has what was published before. Mend what is said here, and make the change again: nothing else is in
          its way.
        </p>
      )}
    </>
  );
}

function One({ candidate }: { readonly candidate: Candidate }) {
  const { project, environment, change, state, health, healthWhy, entities } = candidate;
  const decide = useDecideCandidate(project, environment);
  const role = useMyRights().inEnvironment(project, environment);
  const send = (decision: 'promote' | 'withdraw') => () => decide.mutate({ decision, change });
  return (
    <TriedIn trial={candidate}>
      {state === 'tried' ? (
        <p className="flex flex-wrap items-center gap-2" aria-live="polite">
          <Badge tone={toneOf(health)}>{HEALTH[health]}</Badge>
          <span className="min-w-0 break-words">{healthWhy}</span>
        </p>
      ) : (
        <Outcome trial={candidate} />
      )}
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
            <h3 className="font-mono break-all">{key}</h3>
            <DiffView before={before} after={after} aria-label={`What would change about ${key} in ${environment}`} />
          </section>
        ))}
    </TriedIn>
  );
}

const HEALTH = { waiting: 'Being tried', healthy: 'Healthy', ill: 'Not healthy' } as const;

function toneOf(health: Candidate['health']) {
  if (health === 'ill') return 'danger';
  return health === 'healthy' ? 'on' : 'accent';
}

/** Who decided is often said by why already. */
function saidOnce(why: string | null, decidedBy: string | null): string {
  const said = why ?? '';
  return decidedBy === null || said.includes(decidedBy) ? said : `${said} (${decidedBy})`;
}
