import { createLink, type LinkComponent } from '@tanstack/react-router';
import type { ComponentProps } from 'react';
import { cx } from './class-names.ts';

const LOOK =
  'rounded-sm text-accent-text underline decoration-accent-text/40 underline-offset-3 hover:decoration-current';

function Anchor({ className, ...rest }: ComponentProps<'a'>) {
  return <a {...rest} className={cx(LOOK, className)} />;
}

/** A link within text, to a page of this program. */
export const TextLink: LinkComponent<typeof Anchor> = createLink(Anchor);

/** A link within text that leaves this program. */
export function OutLink({ className, ...rest }: ComponentProps<'a'>) {
  return <a rel="noreferrer" target="_blank" {...rest} className={cx(LOOK, className)} />;
}
