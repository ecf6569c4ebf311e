import { KeySquare } from 'lucide-react';
import { connectionStart } from '../../api/queries/entry.ts';
import { buttonLook } from '../../ui/button-look.ts';
import { cx } from '../../ui/class-names.ts';

export interface ConnectionButtonsProps {
  readonly connections: readonly { readonly key: string; readonly name: string }[];
  /** Where to go afterwards. */
  readonly to: string;
}

/** One way out to each identity provider. They are links: the browser leaves this program. */
export function ConnectionButtons({ connections, to }: ConnectionButtonsProps) {
  if (connections.length === 0) return null;
  return (
    <>
      <div className="flex items-center gap-3 text-sm text-faint" aria-hidden="true">
        <span className="h-px flex-1 bg-line" />
        or
        <span className="h-px flex-1 bg-line" />
      </div>
      <ul className="flex flex-col gap-2" aria-label="Other ways to sign in">
        {connections.map(({ key, name }) => (
          <li key={key}>
            <a href={connectionStart(key, to)} className={cx(buttonLook('secondary', 'lg'), 'w-full min-w-0')}>
              <KeySquare className="size-4 shrink-0 text-soft" aria-hidden="true" />
              <span className="truncate">Continue with {name}</span>
            </a>
          </li>
        ))}
      </ul>
    </>
  );
}
