import { useQuery } from '@tanstack/react-query';
import { useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { useEffect, useReducer, useRef, useState } from 'react';
import { failureOf } from '../../api/problem.ts';
import { facetsQuery } from '../../api/queries/flag-list.ts';
import { flagQuery, useCreateFlag } from '../../api/queries/flags.ts';
import { useMyRights } from '../../api/queries/rights.ts';
import { sessionQuery } from '../../api/queries/session.ts';
import { whyNot } from '../../api/rights.ts';
import { Button } from '../../ui/button.tsx';
import { Callout } from '../../ui/callout.tsx';
import { ErrorNote, type Failure } from '../../ui/error-note.tsx';
import { LinkButton } from '../../ui/link-button.tsx';
import { PageHeader } from '../../ui/page-header.tsx';
import { TextLink } from '../../ui/text-link.tsx';
import { useLate } from '../../ui/use-late.ts';
import { keyProblem } from '../../api/key-text.ts';
import { FlagDetails } from './flag-details.tsx';
import { FlagNaming } from './flag-naming.tsx';
import { FlagValues } from './flag-values.tsx';
import type { FlagKind } from './flag-search.ts';
import {
  beginFlag,
  flagProblems,
  type FlagProblems,
  type NewFlag,
  type NewFlagEvent,
  stepFlag,
  toCreate,
} from './new-flag.ts';
import { serverProblems } from './server-problems.ts';

/** Makes a flag, off everywhere, and leads to it. */
export function NewFlagPage() {
  const { project } = useParams({ from: '/projects/$project/flags/new' });
  const search = useSearch({ from: '/projects/$project/flags/new' });
  const why = whyNot(useMyRights().inProject(project), 'editor', project);
  const owner = useQuery(sessionQuery).data?.person.email ?? '';
  return (
    <div className="max-w-2xl">
      <PageHeader
        title="New flag"
        breadcrumb={
          <TextLink to="/projects/$project/flags" params={{ project }}>
            Flags
          </TextLink>
        }
        description="It begins off in every environment: nothing changes for anybody until you turn it on."
      />
      {why === null ? (
        <NewFlagForm key={`${search.key} ${owner}`} project={project} begin={begin(owner, search)} />
      ) : (
        <Callout tone="warn" title="You cannot make flags here">
          {why}
        </Callout>
      )}
    </div>
  );
}

/** The palette leads here with a key or a type. */
function begin(
  owner: string,
  { key, type }: { readonly key?: string | undefined; readonly type?: string | undefined },
): NewFlag {
  const blank = beginFlag(owner);
  const kinds: readonly string[] = ['boolean', 'string', 'number', 'object'];
  const typed =
    type !== undefined && kinds.includes(type) ? stepFlag(blank, { event: 'type', type: type as FlagKind }) : blank;
  return key === undefined ? typed : stepFlag(typed, { event: 'key', key });
}

function NewFlagForm({ project, begin: first }: { readonly project: string; readonly begin: NewFlag }) {
  const [flag, step] = useReducer(stepFlag, first);
  const [isSent, setSent] = useState(false);
  const [refused, setRefused] = useState<FlagProblems>({});
  const [failure, setFailure] = useState<Failure | null>(null);
  const [refusals, setRefusals] = useState(0);
  const form = useRef<HTMLFormElement>(null);
  const create = useCreateFlag(project);
  const navigate = useNavigate();
  const facets = useQuery(facetsQuery(project)).data;
  const isTaken = useIsTaken(project, flag.key);
  const own = flagProblems(flag);
  const taken: FlagProblems = isTaken
    ? { key: `There is a flag ${flag.key} already, perhaps an archived one. Choose another key.` }
    : {};
  // What stands in a field is judged once somebody tried to send it, or when it cannot be meant so.
  const problems = isSent ? { ...refused, ...taken, ...own } : { ...taken, ...early(flag, own) };

  useEffect(() => {
    if (refusals > 0) form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus();
  }, [refusals]);

  function act(event: NewFlagEvent) {
    setRefused({});
    setFailure(null);
    step(event);
  }
  async function send() {
    setSent(true);
    if (Object.keys(own).length > 0 || isTaken) return setRefusals((count) => count + 1);
    try {
      const made = await create.mutateAsync(toCreate(flag));
      await navigate({ to: '/projects/$project/flags/$flag', params: { project, flag: made.key } });
    } catch (error) {
      const { fields, rest } = serverProblems(error, flag);
      setRefused(fields);
      setFailure(rest ? failureOf(error) : null);
      setRefusals((count) => count + 1);
    }
  }

  return (
    <form
      ref={form}
      noValidate
      className="flex flex-col gap-8"
      onSubmit={(event) => {
        event.preventDefault();
        if (!create.isPending) void send();
      }}
    >
      {failure !== null && <ErrorNote failure={failure} />}
      <FlagNaming flag={flag} problems={problems} act={act} />
      <FlagValues flag={flag} problems={problems} act={act} />
      <FlagDetails flag={flag} problems={problems} act={act} facets={facets} />
      <div className="flex gap-2 border-t pt-5">
        <Button type="submit" tone="primary" loading={create.isPending}>
          Create the flag
        </Button>
        <LinkButton to="/projects/$project/flags" params={{ project }} tone="ghost">
          Cancel
        </LinkButton>
      </div>
    </form>
  );
}

/** What is worth saying while one types: a key with a letter that cannot stand in it, a value that cannot be read. */
function early(flag: NewFlag, problems: FlagProblems): FlagProblems {
  return Object.fromEntries(
    Object.entries(problems).filter(([field]) => {
      if (field === 'key') return flag.key !== '';
      return (
        field !== 'name' &&
        !field.endsWith(' name') &&
        !(
          flag.type === 'number' && flag.variants.some(({ id, text }) => field === `variant ${id} value` && text === '')
        )
      );
    }),
  );
}

/** Asks the server once typing rests; a key that was ever used is taken for good. */
function useIsTaken(project: string, key: string): boolean {
  const asked = useLate(key, 250);
  const { isSuccess } = useQuery({
    ...flagQuery(project, asked),
    enabled: keyProblem(asked) === null,
    retry: false,
  });
  return asked === key && isSuccess;
}
