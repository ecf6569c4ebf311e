import { Bot } from 'lucide-react';
import { Avatar } from './avatar.tsx';

/** Who did something: a person's initials, or a machine. The name is read beside it. */
export function Author({ name, isPerson }: { readonly name: string; readonly isPerson: boolean }) {
  if (isPerson) return <Avatar name={name} decorative />;
  return (
    <span
      title={name}
      aria-hidden="true"
      className="inline-flex size-8 shrink-0 items-center justify-center rounded-full bg-sunken text-soft"
    >
      <Bot className="size-4" />
    </span>
  );
}
