import { ShieldCheck } from 'lucide-react';
import { grantWords, ROLE_MEANINGS, sortGrants } from '../../api/grant-words.ts';
import type { Grant } from '../../api/openapi.d.ts';

/** The roles that an invitation gives, with what they allow. */
export function OfferedGrants({ grants }: { readonly grants: readonly Grant[] }) {
  return (
    <ul className="flex flex-col gap-2 rounded-lg border bg-surface p-3">
      {sortGrants(grants).map((grant) => (
        <li key={`${grant.project} ${grant.environment}`} className="flex items-start gap-2.5">
          <ShieldCheck className="mt-0.5 size-4 shrink-0 text-accent-text" aria-hidden="true" />
          <span className="min-w-0">
            <span className="block font-medium wrap-break-word">{grantWords(grant)}</span>
            <span className="block text-sm text-faint">{ROLE_MEANINGS[grant.role]}</span>
          </span>
        </li>
      ))}
    </ul>
  );
}
