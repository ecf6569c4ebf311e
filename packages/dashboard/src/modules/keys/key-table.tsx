import { environmentHue } from '../../api/environment-look.ts';
import type { SdkKey } from '../../api/openapi.d.ts';
import { Badge, type Tone } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { Dot } from '../../ui/dot.tsx';
import { MadeBy } from '../../ui/made-by.tsx';
import { Table, Td, Th, THead, Tr } from '../../ui/table.tsx';
import { TimeText } from '../../ui/time-text.tsx';
import { keyState, type KeyState, kindWords, stateText } from './key-words.ts';

export interface KeyTableProps {
  readonly keys: readonly SdkKey[];
  readonly now: Date;
  readonly canRevoke: (key: SdkKey) => boolean;
  readonly onRevoke: (key: SdkKey) => void;
}

const TONES: Readonly<Record<KeyState, Tone>> = {
  works: 'on',
  'expires soon': 'warn',
  expired: 'neutral',
  revoked: 'neutral',
};

/** The keys of a project. */
export function KeyTable({ keys, now, canRevoke, onRevoke }: KeyTableProps) {
  return (
    <Table aria-label="SDK keys">
      <THead>
        <Th>Key</Th>
        <Th>Environments</Th>
        <Th>Last used</Th>
        <Th>Created</Th>
        <Th>State</Th>
        <Th>
          <span className="sr-only">Actions</span>
        </Th>
      </THead>
      <tbody>
        {keys.map((key) => (
          <Tr key={key.id}>
            <Td className="max-w-72">
              <span className="flex items-center gap-2">
                <span className="truncate font-medium" title={key.name}>
                  {key.name}
                </span>
                <Badge>{kindWords(key.kind).label}</Badge>
              </span>
              <span className="block truncate font-mono text-xs text-faint">
                {key.id}
                {key.rateLimit !== null && ` · at most ${key.rateLimit.toLocaleString('en')}/s`}
              </span>
            </Td>
            <Td>
              <Environments names={key.environments} />
              {key.kind === 'client' && (
                <span className="block max-w-60 truncate text-xs text-faint" title={key.origins.join(', ')}>
                  {key.origins.length === 0 ? 'From any origin' : `From ${key.origins.join(', ')}`}
                </span>
              )}
            </Td>
            <Td className="whitespace-nowrap nums">
              {key.lastUsedAt === null ? <span className="text-faint">Not yet</span> : <TimeText at={key.lastUsedAt} />}
            </Td>
            <Td className="whitespace-nowrap">
              <MadeBy at={key.createdAt} by={key.createdBy} />
            </Td>
            <Td className="whitespace-nowrap">
              <Badge tone={TONES[keyState(key, now)]}>{stateText(keyState(key, now))}</Badge>
              <When sdkKey={key} />
            </Td>
            <Td className="text-right">
              {key.revokedAt === null && canRevoke(key) && (
                <Button size="sm" tone="ghost" onClick={() => onRevoke(key)} aria-label={`Revoke ${key.name}`}>
                  Revoke
                </Button>
              )}
            </Td>
          </Tr>
        ))}
      </tbody>
    </Table>
  );
}

function Environments({ names }: { readonly names: readonly string[] }) {
  return (
    <span className="flex flex-wrap gap-x-3 gap-y-0.5">
      {names.slice(0, 3).map((name) => (
        <span key={name} className="inline-flex items-center gap-1.5 whitespace-nowrap">
          <Dot hue={environmentHue(name)} />
          {name}
        </span>
      ))}
      {names.length > 3 && (
        <span className="text-faint" title={names.slice(3).join(', ')}>
          and {names.length - 3} more
        </span>
      )}
    </span>
  );
}

function When({ sdkKey: { revokedAt, expiresAt } }: { readonly sdkKey: SdkKey }) {
  const at = revokedAt ?? expiresAt;
  if (at === null) return null;
  return (
    <span className="block text-xs text-faint nums">
      {revokedAt === null ? 'ends ' : ''}
      <TimeText at={at} />
    </span>
  );
}
