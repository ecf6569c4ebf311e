import { useQuery } from '@tanstack/react-query';
import { useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { inOrder } from '../../api/environment-look.ts';
import { failureOf } from '../../api/problem.ts';
import type { Flag } from '../../api/openapi.d.ts';
import { configurationQuery, flagQuery } from '../../api/queries/flags.ts';
import { environmentsQuery } from '../../api/queries/projects.ts';
import { Button } from '../../ui/button.tsx';
import { Callout } from '../../ui/callout.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { ErrorNote } from '../../ui/error-note.tsx';
import { useDrawn } from '../../ui/late-part.tsx';
import { TextLink } from '../../ui/text-link.tsx';
import { EditorSkeleton, PageSkeleton } from './flag-skeleton.tsx';
import { FlagEditor } from './flag-editor.tsx';
import { EnvironmentSwitcher } from './header/environment-switcher.tsx';
import { FlagHeader } from './header/flag-header.tsx';
import { useToggle } from './editing/use-toggle.ts';
import { useFlagRights } from './use-rights.ts';

const FROM = '/projects/$project/flags/$flag';
const LAST = 'flaghoist.environment';

/** One flag: what it is, and what it serves in each environment. */
export function FlagPage() {
  const { project, flag: key } = useParams({ from: FROM });
  const flag = useQuery(flagQuery(project, key));
  const environments = useQuery(environmentsQuery(project));
  useDrawn(flag.isError || environments.isError);
  if (flag.data === undefined || environments.data === undefined) {
    const error = flag.error ?? environments.error;
    if (error === null) return <PageSkeleton />;
    const again = () => void Promise.all([flag.refetch(), environments.refetch()]);
    return <ErrorNote failure={failureOf(error)} action={<Button onClick={again}>Try again</Button>} />;
  }
  return <Loaded key={flag.data.key} flag={flag.data} environments={inOrder(environments.data)} />;
}

interface LoadedProps {
  readonly flag: Flag;
  readonly environments: readonly { readonly key: string; readonly name: string }[];
}

function Loaded({ flag, environments }: LoadedProps) {
  const { project } = flag;
  const search = useSearch({ from: FROM });
  const navigate = useNavigate();
  const { mayDescribe, mayEdit } = useFlagRights(project);
  const toggle = useToggle(project, flag.key);
  const [isDirty, setDirty] = useState(false);
  const environment = chooseEnvironment(search.env, flag, environments);
  useEffect(() => {
    if (environment !== null) sessionStorage.setItem(`${LAST} ${project}`, environment);
  }, [environment, project]);
  useEffect(() => {
    document.title = `${flag.name} · Flaghoist`;
  }, [flag.name]);
  useDrawn(environment === null);
  const isArchived = flag.lifecycle === 'archived';
  return (
    <>
      <FlagHeader
        flag={flag}
        environment={environment}
        isEditing={isDirty}
        mayDescribe={mayDescribe}
        mayArchive={mayDescribe && environments.every(({ key }) => mayEdit(key))}
      />
      {isArchived && (
        <Callout tone="warn" title="This flag is archived" className="mb-5">
          It is served nowhere, and its key is never used again. Its{' '}
          <TextLink to="/projects/$project/history" params={{ project }} search={{ flag: flag.key }}>
            history
          </TextLink>{' '}
          stays.
        </Callout>
      )}
      {environment === null ? (
        !isArchived && (
          <EmptyState title="No environments">
            The project has no environment that you may see. Ask an admin for one.
          </EmptyState>
        )
      ) : (
        <>
          <EnvironmentSwitcher
            flag={flag}
            environments={environments}
            current={environment}
            tab={search.tab}
            mayEdit={mayEdit}
            toggle={toggle}
          />
          <Configured
            key={environment}
            flag={flag}
            environment={environment}
            readOnly={!mayEdit(environment) || isArchived}
            tab={search.tab}
            toggle={toggle}
            onDirty={setDirty}
            onTab={(tab) =>
              void navigate({
                to: FROM,
                params: { project, flag: flag.key },
                search: { env: environment, tab },
                replace: true,
                resetScroll: false,
              })
            }
          />
        </>
      )}
    </>
  );
}

interface ConfiguredProps {
  readonly flag: Flag;
  readonly environment: string;
  readonly readOnly: boolean;
  readonly tab: string | undefined;
  readonly toggle: ReturnType<typeof useToggle>;
  readonly onDirty: (dirty: boolean) => void;
  readonly onTab: (tab: string) => void;
}

function Configured({ flag, environment, ...rest }: ConfiguredProps) {
  const configuration = useQuery(configurationQuery(flag.project, flag.key, environment));
  useDrawn(!configuration.isPending);
  if (configuration.data !== undefined)
    return <FlagEditor flag={flag} environment={environment} saved={configuration.data} {...rest} />;
  if (configuration.error === null) return <EditorSkeleton />;
  const again = () => void configuration.refetch();
  return <ErrorNote failure={failureOf(configuration.error)} action={<Button onClick={again}>Try again</Button>} />;
}

/** The one of the address, else the one looked at last, else the first. */
function chooseEnvironment(
  wanted: string | undefined,
  flag: Flag,
  environments: LoadedProps['environments'],
): string | null {
  const known = new Set(flag.environments.map(({ environment }) => environment));
  const shown = environments.filter(({ key }) => known.has(key)).map(({ key }) => key);
  const last = sessionStorage.getItem(`${LAST} ${flag.project}`);
  return [wanted, last, shown[0]].find((key) => key != null && shown.includes(key)) ?? null;
}
