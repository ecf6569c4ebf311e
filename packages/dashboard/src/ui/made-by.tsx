import { TimeText } from './time-text.tsx';

/** When something was made, and below it by whom. */
export function MadeBy({ at, by }: { readonly at: string; readonly by: string }) {
  return (
    <>
      <TimeText at={at} className="nums" />
      <span className="block max-w-40 truncate text-xs text-faint">by {by}</span>
    </>
  );
}
