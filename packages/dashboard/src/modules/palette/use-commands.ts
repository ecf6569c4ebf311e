import { useQuery } from '@tanstack/react-query';
import { useNavigate, useParams, useRouterState } from '@tanstack/react-router';
import {
  Boxes,
  ChartLine,
  Copy,
  Flag,
  GitCompareArrows,
  History,
  KeyRound,
  Layers,
  Link2,
  Moon,
  Plus,
  RadioTower,
  Settings,
  Sun,
  SunMoon,
  UserRound,
  Users,
} from 'lucide-react';
import { inOrder } from '../../api/environment-look.ts';
import { environmentsQuery, projectsQuery } from '../../api/queries/projects.ts';
import { useMyRights } from '../../api/queries/rights.ts';
import { isAtLeast } from '../../api/rights.ts';
import { type Theme, useTheme } from '../../ui/theme.ts';
import { showToast } from '../../ui/toast.tsx';
import type { PaletteItem } from './palette-items.ts';

const PAGES = [
  { to: '/projects/$project/flags', label: 'Flags', icon: Flag, keys: 'g f', others: 'list toggles' },
  { to: '/projects/$project/segments', label: 'Segments', icon: Users, keys: 'g s', others: 'audiences' },
  {
    to: '/projects/$project/compare',
    label: 'Compare environments',
    icon: GitCompareArrows,
    keys: 'g c',
    others: 'difference promote copy',
  },
  { to: '/projects/$project/environments', label: 'Environments', icon: Layers, keys: 'g e', others: 'stages' },
  {
    to: '/projects/$project/history',
    label: 'History',
    icon: History,
    keys: 'g h',
    others: 'changes audit log undo revert',
  },
  { to: '/projects/$project/keys', label: 'SDK keys', icon: KeyRound, keys: 'g k', others: 'secrets' },
  {
    to: '/projects/$project/fleet',
    label: 'Fleet',
    icon: RadioTower,
    keys: 'g t',
    others: 'edges instances followers receipts lag',
  },
  {
    to: '/projects/$project/insights',
    label: 'Insights',
    icon: ChartLine,
    keys: 'g i',
    others: 'charts counts evaluations',
  },
  {
    to: '/projects/$project/settings',
    label: 'Project settings',
    icon: Settings,
    keys: 'g ,',
    others: 'tokens rename archive',
  },
] as const;
const THEMES: readonly {
  readonly theme: Theme;
  readonly label: string;
  readonly icon: typeof Sun;
  readonly others: string;
}[] = [
  { theme: 'light', label: 'Light theme', icon: Sun, others: 'bright day appearance' },
  { theme: 'dark', label: 'Dark theme', icon: Moon, others: 'night appearance' },
  { theme: 'system', label: 'Theme of the system', icon: SunMoon, others: 'light dark appearance' },
];
const NONE: readonly PaletteItem[] = [];

/** Everything that can be done from the palette in this place. */
export function useCommands(project: string | null): readonly PaletteItem[] {
  return [
    ...useActions(project),
    ...usePages(project),
    ...useEnvironments(project),
    ...useProjects(project),
    ...useThemes(),
  ];
}

function useActions(project: string | null): readonly PaletteItem[] {
  const navigate = useNavigate();
  const rights = useMyRights();
  const { flag, segment } = useParams({ strict: false });
  const subject = flag ?? segment;
  const group = 'Do';
  const items: PaletteItem[] = [];
  if (project !== null && isAtLeast(rights.inProject(project), 'editor')) {
    items.push({
      id: 'new flag',
      group,
      label: 'New flag',
      icon: Plus,
      others: 'create add make',
      run: () => void navigate({ to: '/projects/$project/flags/new', params: { project } }),
    });
    items.push({
      id: 'new segment',
      group,
      label: 'New segment',
      icon: Plus,
      others: 'create add make audience',
      run: () => void navigate({ to: '/projects/$project/segments', params: { project }, search: { new: 'yes' } }),
    });
  }
  if (project !== null && rights.inProject(project) === 'admin')
    items.push({
      id: 'new key',
      group,
      label: 'New SDK key',
      icon: Plus,
      others: 'create add make',
      run: () => void navigate({ to: '/projects/$project/keys', params: { project }, search: { new: 'yes' } }),
    });
  if (subject !== undefined)
    items.push({
      id: 'copy key',
      group,
      label: `Copy the key ${subject}`,
      icon: Copy,
      run: () => copy(subject, 'The key is copied'),
    });
  items.push({
    id: 'copy link',
    group,
    label: 'Copy the link to this page',
    icon: Link2,
    others: 'share address url',
    run: () => copy(window.location.href, 'The link is copied'),
  });
  return items;
}

function usePages(project: string | null): readonly PaletteItem[] {
  const navigate = useNavigate();
  const group = 'Go to';
  const within =
    project === null
      ? NONE
      : PAGES.map(({ to, ...page }) => ({
          ...page,
          id: to,
          group,
          run: () => void navigate({ to, params: { project } }),
        }));
  return [
    ...within,
    { id: 'projects', group, label: 'All projects', icon: Boxes, run: () => void navigate({ to: '/projects' }) },
    {
      id: 'people',
      group,
      label: 'People',
      icon: Users,
      others: 'invite members roles grants',
      run: () => void navigate({ to: '/people' }),
    },
    {
      id: 'account',
      group,
      label: 'Your account',
      icon: UserRound,
      others: 'password sessions totp',
      run: () => void navigate({ to: '/account' }),
    },
  ];
}

/** The page stays; what it shows is of another environment. */
function useEnvironments(project: string | null): readonly PaletteItem[] {
  const navigate = useNavigate();
  const pathname = useRouterState({ select: ({ location }) => location.pathname });
  const { data = [] } = useQuery({ ...environmentsQuery(project ?? ''), enabled: project !== null });
  if (project === null) return NONE;
  const hasOne = /\/(?:flags|segments|keys|fleet|insights)(?:\/|$)/.test(pathname) && !pathname.endsWith('/flags/new');
  return inOrder(data).map(({ key, name }) => ({
    id: `environment ${key}`,
    group: 'Environment',
    label: `Look at ${name}`,
    hint: name === key ? undefined : key,
    others: 'switch environment change',
    icon: Layers,
    run: () =>
      void (hasOne
        ? navigate({ to: '.', search: (before: Record<string, unknown>) => ({ ...before, env: key }) })
        : navigate({ to: '/projects/$project/flags', params: { project }, search: { env: key } })),
  }));
}

function useProjects(project: string | null): readonly PaletteItem[] {
  const navigate = useNavigate();
  const { data = [] } = useQuery(projectsQuery);
  return data
    .filter(({ key, archivedAt }) => archivedAt === null && key !== project)
    .map(({ key, name }) => ({
      id: `project ${key}`,
      group: 'Project',
      label: `Switch to ${name}`,
      hint: name === key ? undefined : key,
      others: 'project change',
      icon: Boxes,
      run: () => void navigate({ to: '/projects/$project/flags', params: { project: key } }),
    }));
}

function useThemes(): readonly PaletteItem[] {
  const { theme, setTheme } = useTheme();
  return THEMES.filter((one) => one.theme !== theme).map((one) => ({
    id: `theme ${one.theme}`,
    group: 'Theme',
    label: one.label,
    icon: one.icon,
    others: one.others,
    run: () => setTheme(one.theme),
  }));
}

function copy(text: string, done: string): void {
  const failed = () => showToast({ title: 'The browser does not let this page copy', detail: text, tone: 'danger' });
  if (navigator.clipboard === undefined) failed();
  else void navigator.clipboard.writeText(text).then(() => showToast({ title: done, tone: 'on' }), failed);
}
