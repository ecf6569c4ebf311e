import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { KeySquare, LogOut, Monitor, Moon, Sun, UserCog, Users } from 'lucide-react';
import { failureOf } from '../api/problem.ts';
import { sessionQuery, useSignOut } from '../api/queries/session.ts';
import { Avatar } from '../ui/avatar.tsx';
import { Menu, MenuChoice, MenuItem, MenuLink, MenuSeparator } from '../ui/menu.tsx';
import { useTheme } from '../ui/theme.ts';
import { showToast } from '../ui/toast.tsx';

const THEMES = [
  { value: 'system', label: 'Like the system', icon: Monitor },
  { value: 'light', label: 'Light', icon: Sun },
  { value: 'dark', label: 'Dark', icon: Moon },
] as const;

/** Who one is, and what concerns oneself and the installation. */
export function PersonMenu() {
  const { data: session } = useQuery(sessionQuery);
  const { theme, setTheme } = useTheme();
  const signOut = useSignOut();
  const navigate = useNavigate();
  const name = session?.person.name ?? '';
  const grants = session?.grants ?? [];
  const administers = grants.some(({ role }) => role === 'admin');
  const administersAll = grants.some(({ role, project }) => role === 'admin' && project === null);
  const end = () =>
    signOut.mutate(undefined, {
      onSuccess: () => void navigate({ to: '/sign-in' }),
      onError: (error) => showToast({ ...failureOf(error), tone: 'danger' }),
    });
  return (
    <Menu
      side="top"
      trigger={
        <button
          type="button"
          className="flex w-full min-w-0 items-center gap-2.5 rounded-md p-1 text-left hover:bg-hover"
        >
          <Avatar name={name} decorative />
          <span className="min-w-0 flex-1">
            <span className="sr-only">Account of </span>
            <span className="block truncate font-medium">{name}</span>
            <span className="block truncate text-xs text-faint">{session?.person.email}</span>
          </span>
        </button>
      }
    >
      <MenuChoice label="Look" value={theme} onChange={setTheme} options={THEMES} />
      <MenuSeparator />
      <MenuLink render={<Link to="/account" />} icon={UserCog}>
        Your account
      </MenuLink>
      {administers && (
        <MenuLink render={<Link to="/people" />} icon={Users}>
          People
        </MenuLink>
      )}
      {administersAll && (
        <MenuLink render={<Link to="/single-sign-on" />} icon={KeySquare}>
          Single sign-on
        </MenuLink>
      )}
      <MenuSeparator />
      <MenuItem icon={LogOut} onSelect={end}>
        Sign out
      </MenuItem>
    </Menu>
  );
}
