/** The one scheme of query keys. Everything of a project begins with `['project', project]`, so that one call can invalidate it. */
export const keys = {
  session: ['session'],
  status: ['status'],
  signInOptions: ['sign-in options'],
  mySessions: ['my sessions'],
  /** All lists of people, and each of them. */
  people: ['people'],
  person: (person: string) => ['people', person] as const,
  invitations: ['invitations'],
  connections: ['connections'],
  tokens: ['tokens'],
  projects: ['projects'],
  project: (project: string) => ['project', project] as const,
  detail: (project: string) => ['project', project, 'detail'] as const,
  environments: (project: string) => ['project', project, 'environments'] as const,
  /** All lists of flags and what is counted over them. */
  flags: (project: string) => ['project', project, 'flags'] as const,
  /** The pages of the flag list: whoever shows it puts single changes into them, so they are read anew only when it is shown. */
  flagList: (project: string) => ['project', project, 'flag list'] as const,
  savedFilters: (project: string) => ['project', project, 'saved filters'] as const,
  flag: (project: string, flag: string) => ['project', project, 'flag', flag] as const,
  /** Of all environments. */
  configurations: (project: string, flag: string) => ['project', project, 'configuration', flag] as const,
  configuration: (project: string, flag: string, environment: string) =>
    ['project', project, 'configuration', flag, environment] as const,
  /** All lists of segments; of one environment with its key. */
  segments: (project: string, ...environment: readonly [] | readonly [string]) =>
    ['project', project, 'segments', ...environment] as const,
  /** In all environments. */
  segment: (project: string, segment: string) => ['project', project, 'segment', segment] as const,
  sdkKeys: (project: string) => ['project', project, 'keys'] as const,
  changes: (project: string) => ['project', project, 'changes'] as const,
  candidate: (project: string, environment: string) => ['project', project, 'candidate', environment] as const,
  change: (project: string, change: string) => ['project', project, 'change', change] as const,
  search: ['search'],
  fleet: (project: string) => ['project', project, 'fleet'] as const,
  insights: (project: string) => ['project', project, 'insights'] as const,
} as const;
