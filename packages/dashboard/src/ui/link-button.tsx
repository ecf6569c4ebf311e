import { createLink, type LinkComponent } from '@tanstack/react-router';
import type { LucideIcon } from 'lucide-react';
import type { ComponentProps } from 'react';
import { type ButtonSize, type ButtonTone, buttonLook } from './button-look.ts';
import { cx } from './class-names.ts';

interface AnchorProps extends ComponentProps<'a'> {
  readonly tone?: ButtonTone | undefined;
  readonly size?: ButtonSize | undefined;
  readonly icon?: LucideIcon | undefined;
}

function Anchor({ tone = 'secondary', size = 'md', icon: Icon, className, children, ...rest }: AnchorProps) {
  return (
    <a {...rest} className={cx(buttonLook(tone, size), className)}>
      {Icon !== undefined && <Icon className="-ml-0.5 size-4" aria-hidden="true" />}
      {children}
    </a>
  );
}

/** Leads to another page and looks like a button. Takes the router's link props (`to`, `params`, `search`). */
export const LinkButton: LinkComponent<typeof Anchor> = createLink(Anchor);
