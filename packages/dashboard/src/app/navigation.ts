/** Where the rail and the drawer lead within a project. */
import {
  ChartLine,
  Flag,
  GitCompareArrows,
  History,
  KeyRound,
  Layers,
  type LucideIcon,
  RadioTower,
  Settings,
  Users,
} from 'lucide-react';

type ProjectPage =
  | '/projects/$project/flags'
  | '/projects/$project/segments'
  | '/projects/$project/environments'
  | '/projects/$project/compare'
  | '/projects/$project/history'
  | '/projects/$project/keys'
  | '/projects/$project/fleet'
  | '/projects/$project/insights'
  | '/projects/$project/settings';

export interface Destination {
  readonly to: ProjectPage;
  readonly label: string;
  readonly icon: LucideIcon;
  /** The keys that lead there. */
  readonly keys: string;
  /** Stands in the bar at the bottom of a phone. */
  readonly isMain: boolean;
}

export const DESTINATIONS: readonly Destination[] = [
  { to: '/projects/$project/flags', label: 'Flags', icon: Flag, keys: 'g f', isMain: true },
  { to: '/projects/$project/segments', label: 'Segments', icon: Users, keys: 'g s', isMain: true },
  { to: '/projects/$project/environments', label: 'Environments', icon: Layers, keys: 'g e', isMain: false },
  { to: '/projects/$project/compare', label: 'Compare', icon: GitCompareArrows, keys: 'g c', isMain: true },
  { to: '/projects/$project/history', label: 'History', icon: History, keys: 'g h', isMain: true },
  { to: '/projects/$project/keys', label: 'SDK keys', icon: KeyRound, keys: 'g k', isMain: false },
  { to: '/projects/$project/fleet', label: 'Fleet', icon: RadioTower, keys: 'g t', isMain: false },
  { to: '/projects/$project/insights', label: 'Insights', icon: ChartLine, keys: 'g i', isMain: false },
  { to: '/projects/$project/settings', label: 'Settings', icon: Settings, keys: 'g ,', isMain: false },
];
