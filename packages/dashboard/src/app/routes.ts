/** The map of the program: which address shows which page. Each page is loaded when it is first gone to. */
import type { QueryClient } from '@tanstack/react-query';
import { createRootRouteWithContext, createRoute, lazyRouteComponent, redirect } from '@tanstack/react-router';
import { goToProject, loadProject, requireSession } from './guards.ts';
import { Root } from './root.tsx';
import { texts } from './search.ts';
import { NotFoundPage, RouteErrorPage } from './status-pages.tsx';

const root = createRootRouteWithContext<{ readonly client: QueryClient }>()({
  component: Root,
  notFoundComponent: NotFoundPage,
  errorComponent: RouteErrorPage,
});
const at = { getParentRoute: () => root };

const signIn = createRoute({
  ...at,
  path: '/sign-in',
  validateSearch: texts('to', 'problem', 'connection'),
  staticData: { title: 'Sign in', isBare: true },
  component: lazyRouteComponent(() => import('../routes/sign-in.tsx'), 'Page'),
});
const setup = createRoute({
  ...at,
  path: '/setup',
  staticData: { title: 'Set up', isBare: true },
  component: lazyRouteComponent(() => import('../routes/setup.tsx'), 'Page'),
});
const invitation = createRoute({
  ...at,
  path: '/invitation',
  staticData: { title: 'Invitation', isBare: true },
  component: lazyRouteComponent(() => import('../routes/invitation.tsx'), 'Page'),
});
const passwordReset = createRoute({
  ...at,
  path: '/password-reset',
  staticData: { title: 'New password', isBare: true },
  component: lazyRouteComponent(() => import('../routes/password-reset.tsx'), 'Page'),
});

const index = createRoute({ ...at, path: '/', beforeLoad: goToProject });
const projects = createRoute({
  ...at,
  path: '/projects',
  beforeLoad: requireSession,
  validateSearch: texts('new'),
  staticData: { title: 'Projects' },
  component: lazyRouteComponent(() => import('../routes/projects.tsx'), 'Page'),
});
const account = createRoute({
  ...at,
  path: '/account',
  beforeLoad: requireSession,
  validateSearch: texts('tab'),
  staticData: { title: 'Your account' },
  component: lazyRouteComponent(() => import('../routes/account.tsx'), 'Page'),
});
const people = createRoute({
  ...at,
  path: '/people',
  beforeLoad: requireSession,
  validateSearch: texts('q', 'tab', 'person'),
  staticData: { title: 'People' },
  component: lazyRouteComponent(() => import('../routes/people.tsx'), 'Page'),
});
const singleSignOn = createRoute({
  ...at,
  path: '/single-sign-on',
  beforeLoad: requireSession,
  staticData: { title: 'Single sign-on' },
  component: lazyRouteComponent(() => import('../routes/single-sign-on.tsx'), 'Page'),
});

const project = createRoute({
  ...at,
  path: '/projects/$project',
  beforeLoad: requireSession,
  loader: ({ context, params }) => loadProject(context.client, params.project),
});
const within = { getParentRoute: () => project };

const projectIndex = createRoute({
  ...within,
  path: '/',
  beforeLoad: ({ params }) => {
    throw redirect({ to: '/projects/$project/flags', params });
  },
});
const flagList = createRoute({
  ...within,
  path: 'flags',
  validateSearch: texts('q', 'tag', 'owner', 'type', 'env', 'state', 'lifecycle', 'sort', 'order'),
  staticData: { title: 'Flags', tellsDrawn: true },
  component: lazyRouteComponent(() => import('../routes/flag-list.tsx'), 'Page'),
});
const newFlag = createRoute({
  ...within,
  path: 'flags/new',
  validateSearch: texts('key', 'type'),
  staticData: { title: 'New flag' },
  component: lazyRouteComponent(() => import('../routes/new-flag.tsx'), 'Page'),
});
const flag = createRoute({
  ...within,
  path: 'flags/$flag',
  validateSearch: texts('env', 'tab'),
  staticData: { title: 'Flag', tellsDrawn: true },
  component: lazyRouteComponent(() => import('../routes/flag.tsx'), 'Page'),
});
const compare = createRoute({
  ...within,
  path: 'compare',
  validateSearch: texts('from', 'to', 'flag', 'q', 'show'),
  staticData: { title: 'Compare environments' },
  component: lazyRouteComponent(() => import('../routes/compare.tsx'), 'Page'),
});
const segments = createRoute({
  ...within,
  path: 'segments',
  validateSearch: texts('env', 'q', 'new'),
  staticData: { title: 'Segments' },
  component: lazyRouteComponent(() => import('../routes/segments.tsx'), 'Page'),
});
const segment = createRoute({
  ...within,
  path: 'segments/$segment',
  validateSearch: texts('env', 'tab'),
  staticData: { title: 'Segment' },
  component: lazyRouteComponent(() => import('../routes/segment.tsx'), 'Page'),
});
const environments = createRoute({
  ...within,
  path: 'environments',
  validateSearch: texts('new'),
  staticData: { title: 'Environments' },
  component: lazyRouteComponent(() => import('../routes/environments.tsx'), 'Page'),
});
const history = createRoute({
  ...within,
  path: 'history',
  validateSearch: texts('env', 'flag', 'segment', 'author', 'q'),
  staticData: { title: 'History' },
  component: lazyRouteComponent(() => import('../routes/history.tsx'), 'Page'),
});
const change = createRoute({
  ...within,
  path: 'history/$change',
  staticData: { title: 'Change' },
  component: lazyRouteComponent(() => import('../routes/change.tsx'), 'Page'),
});
const sdkKeys = createRoute({
  ...within,
  path: 'keys',
  validateSearch: texts('env', 'tab', 'new'),
  staticData: { title: 'SDK keys' },
  component: lazyRouteComponent(() => import('../routes/keys.tsx'), 'Page'),
});
const insights = createRoute({
  ...within,
  path: 'insights',
  validateSearch: texts('env', 'flag', 'from', 'to', 'interval'),
  staticData: { title: 'Insights' },
  component: lazyRouteComponent(() => import('../routes/insights.tsx'), 'Page'),
});
const fleet = createRoute({
  ...within,
  path: 'fleet',
  validateSearch: texts('env'),
  staticData: { title: 'Fleet' },
  component: lazyRouteComponent(() => import('../routes/fleet.tsx'), 'Page'),
});
const settings = createRoute({
  ...within,
  path: 'settings',
  validateSearch: texts('tab'),
  staticData: { title: 'Project settings' },
  component: lazyRouteComponent(() => import('../routes/settings.tsx'), 'Page'),
});

export const routeTree = root.addChildren([
  signIn,
  setup,
  invitation,
  passwordReset,
  index,
  projects,
  account,
  people,
  singleSignOn,
  project.addChildren([
    projectIndex,
    flagList,
    newFlag,
    flag,
    compare,
    segments,
    segment,
    environments,
    history,
    change,
    sdkKeys,
    insights,
    fleet,
    settings,
  ]),
]);
