import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { Undo2 } from 'lucide-react';
import { useState } from 'react';
import { isByPerson } from '../../api/change-words.ts';
import type { Change, ChangeEdits } from '../../api/openapi.d.ts';
import { failureOf } from '../../api/problem.ts';
import { changeEditsQuery, changeQuery } from '../../api/queries/history.ts';
import { useMyRights } from '../../api/queries/rights.ts';
import { isAtLeast } from '../../api/rights.ts';
import { Author } from '../../ui/author.tsx';
import { Badge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { Callout } from '../../ui/callout.tsx';
import { Card } from '../../ui/card.tsx';
import { DiffView } from '../../ui/diff-view.tsx';
import { ErrorNote } from '../../ui/error-note.tsx';
import { PageHeader } from '../../ui/page-header.tsx';
import { SkeletonRows } from '../../ui/skeleton.tsx';
import { TextLink } from '../../ui/text-link.tsx';
import { TimeText } from '../../ui/time-text.tsx';
import { Revisions, Sentence } from './change-line.tsx';
import { Delivery } from './delivery.tsx';
import { Tried } from './tried.tsx';
import { RevertDialog } from './revert-dialog.tsx';

const HERE = '/projects/$project/history/$change';

/** One change: what it did to each flag and segment, and putting it back. */
export function ChangePage() {
  const { project, change: id } = useParams({ from: HERE });
  const change = useQuery(changeQuery(project, id));
  const edits = useQuery(changeEditsQuery(project, id));
  const rights = useMyRights();
  const [isReverting, setReverting] = useState(false);
  if (change.isError)
    return (
      <ErrorNote
        failure={failureOf(change.error)}
        action={
          <TextLink to="/projects/$project/history" params={{ project }}>
            All changes
          </TextLink>
        }
      />
    );
  if (change.isPending) return <SkeletonRows count={6} height={72} />;
  const items = edits.data?.items ?? [];
  const mayRevert = items.some(
    ({ revertible, environment }) => revertible && isAtLeast(rights.inEnvironment(project, environment), 'editor'),
  );
  return (
    <>
      <PageHeader
        breadcrumb={
          <TextLink to="/projects/$project/history" params={{ project }}>
            History
          </TextLink>
        }
        title="Change"
        actions={
          mayRevert && (
            <Button icon={Undo2} onClick={() => setReverting(true)}>
              Revert
            </Button>
          )
        }
      />
      <Summary project={project} change={change.data} />
      <Tried project={project} change={change.data} />
      <Delivery project={project} change={change.data} />
      {edits.isError && <ErrorNote className="mt-6" failure={failureOf(edits.error)} />}
      {edits.isPending && <SkeletonRows count={4} height={120} />}
      {edits.isSuccess && change.data.state === 'applied' && <Edits project={project} edits={edits.data} />}
      {isReverting && (
        <RevertDialog
          project={project}
          change={change.data}
          items={items.filter(({ revertible }) => revertible)}
          onClose={() => setReverting(false)}
        />
      )}
    </>
  );
}

function Summary({ project, change }: { readonly project: string; readonly change: Change }) {
  return (
    <Card>
      <div className="flex gap-3">
        <Author name={change.author} isPerson={isByPerson(change)} />
        <div className="grid min-w-0 gap-2">
          <p className="break-words">
            <Sentence project={project} change={change} />
          </p>
          {change.reason !== null && change.reason !== '' && <p className="break-words text-soft">“{change.reason}”</p>}
          <div className="flex flex-wrap items-center gap-2 text-sm text-soft">
            <TimeText at={change.at} exactly />
            <Revisions change={change} most={20} />
          </div>
          {change.reverts !== null && (
            <p className="text-sm">
              It reverts{' '}
              <TextLink to="/projects/$project/history/$change" params={{ project, change: change.reverts }}>
                an earlier change
              </TextLink>
              .
            </p>
          )}
          {change.revertedBy !== null && (
            <p className="text-sm">
              It was reverted by{' '}
              <TextLink to="/projects/$project/history/$change" params={{ project, change: change.revertedBy }}>
                a later change
              </TextLink>
              .
            </p>
          )}
        </div>
      </div>
    </Card>
  );
}

function Edits({ project, edits: { items, more } }: { readonly project: string; readonly edits: ChangeEdits }) {
  if (items.length === 0) return <p className="mt-6 text-soft">It changed no flag and no segment that you may see.</p>;
  return (
    <div className="mt-6 grid gap-6">
      {items.map((item) => (
        <section
          key={`${item.environment} ${item.kind} ${item.key}`}
          aria-label={`${item.kind} ${item.key} in ${item.environment}`}
          className="grid min-w-0 gap-2"
        >
          <h2 className="flex flex-wrap items-center gap-2">
            {item.kind === 'flag' ? (
              <TextLink
                to="/projects/$project/flags/$flag"
                params={{ project, flag: item.key }}
                search={{ env: item.environment }}
                className="font-mono"
              >
                {item.key}
              </TextLink>
            ) : (
              <TextLink
                to="/projects/$project/segments/$segment"
                params={{ project, segment: item.key }}
                search={{ env: item.environment }}
                className="font-mono"
              >
                {item.key}
              </TextLink>
            )}
            <Badge>
              {item.environment} <span className="nums">#{item.revision}</span>
            </Badge>
            {item.before === null && <Badge tone="on">Created</Badge>}
            {item.after === null && <Badge tone="danger">Archived</Badge>}
          </h2>
          <DiffView
            before={item.before}
            after={item.after}
            aria-label={`What changed about ${item.key} in ${item.environment}`}
          />
        </section>
      ))}
      {more && (
        <Callout title="There is more">The first 200 are shown. The command line and the API have them all.</Callout>
      )}
    </div>
  );
}
