import type { PresentPage } from '../../../api/presence.ts';
import { Avatar } from '../../../ui/avatar.tsx';
import { Tooltip } from '../../../ui/tooltip.tsx';

const MOST = 4;

/** Who else is here: editors first, with a ring. */
export function PresenceFaces({ people }: { readonly people: readonly PresentPage[] }) {
  if (people.length === 0) return null;
  const sorted = [...people].sort((one, other) => Number(other.doing === 'editing') - Number(one.doing === 'editing'));
  const editors = sorted.filter(({ doing }) => doing === 'editing');
  const [first] = editors;
  return (
    <span role="status" className="inline-flex items-center gap-2">
      <span className="flex -space-x-1">
        {sorted.slice(0, MOST).map(({ person, name, doing, environment }) => (
          <Tooltip key={person} text={`${name} is ${doing} ${environment ?? 'this flag'}`}>
            <span className="rounded-full">
              <Avatar size="sm" name={name} {...(doing === 'editing' ? { ring: 'warn' as const } : {})} />
            </span>
          </Tooltip>
        ))}
      </span>
      {sorted.length > MOST && <span className="text-sm text-faint">+{sorted.length - MOST}</span>}
      {first !== undefined && (
        <span className="text-sm text-warn-text">
          {editors.length === 1 ? `${first.name} is editing` : `${editors.length} people are editing`}
          {first.environment === null ? '' : ` ${first.environment}`}
        </span>
      )}
    </span>
  );
}
