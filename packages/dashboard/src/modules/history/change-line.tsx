import { Undo2 } from 'lucide-react';
import type { Change } from '../../api/openapi.d.ts';
import { isByPerson, revisionTexts, trialTexts, wordsOf } from '../../api/change-words.ts';
import { Author } from '../../ui/author.tsx';
import { Badge } from '../../ui/badge.tsx';
import { TextLink } from '../../ui/text-link.tsx';
import { TimeText } from '../../ui/time-text.tsx';

/** `Ada changed checkout and 2 more`, with links to what still can be looked at. */
export function Sentence({ project, change }: { readonly project: string; readonly change: Change }) {
  const { did, objects, environments } = wordsOf(change);
  const shown = objects.slice(0, 3);
  const more = objects.length - shown.length;
  const [environment] = environments;
  return (
    <span>
      <span className="font-medium">{change.author}</span> {did}{' '}
      {shown.map(({ kind, key }, at) => (
        <span key={`${kind} ${key}`}>
          {at > 0 && ', '}
          {kind === 'flag' ? (
            <TextLink
              to="/projects/$project/flags/$flag"
              params={{ project, flag: key }}
              search={environment === undefined ? {} : { env: environment }}
              className="font-mono"
            >
              {key}
            </TextLink>
          ) : (
            <TextLink
              to="/projects/$project/segments/$segment"
              params={{ project, segment: key }}
              search={environment === undefined ? {} : { env: environment }}
              className="font-mono"
            >
              {key}
            </TextLink>
          )}
        </span>
      ))}
      {more > 0 && ` and ${more} more`}
    </span>
  );
}

/** Which revision it became where, and where it is or was tried instead. */
export function Revisions({ change, most = 4 }: { readonly change: Change; readonly most?: number }) {
  const texts = revisionTexts(change);
  const more = texts.length - most;
  return (
    <span className="flex flex-wrap gap-1">
      {texts.slice(0, most).map((text) => (
        <Badge key={text} className="nums">
          {text}
        </Badge>
      ))}
      {more > 0 && <Badge>+{more}</Badge>}
      {trialTexts(change).map(({ environment, state, text }) => (
        <Badge key={environment} tone={state === 'tried' ? 'accent' : 'danger'}>
          {text}
        </Badge>
      ))}
    </span>
  );
}

/** One change in a timeline. */
export function ChangeLine({ project, change }: { readonly project: string; readonly change: Change }) {
  return (
    <li className="flex gap-3 px-4 py-3">
      <Author name={change.author} isPerson={isByPerson(change)} />
      <div className="grid min-w-0 flex-1 gap-1">
        <div className="flex flex-wrap items-baseline justify-between gap-x-4 gap-y-1">
          <p className="min-w-0 break-words">
            <Sentence project={project} change={change} />
          </p>
          <TextLink
            to="/projects/$project/history/$change"
            params={{ project, change: change.id }}
            className="shrink-0 text-sm"
          >
            <TimeText at={change.at} />
            <span className="sr-only">: details</span>
          </TextLink>
        </div>
        {change.reason !== null && change.reason !== '' && <p className="break-words text-soft">“{change.reason}”</p>}
        <div className="flex flex-wrap items-center gap-2">
          <Revisions change={change} />
          {change.revertedBy !== null && (
            <Badge tone="warn">
              <Undo2 className="size-3" aria-hidden="true" /> Reverted
            </Badge>
          )}
        </div>
      </div>
    </li>
  );
}
