import type { Token } from '../../api/openapi.d.ts';
import { Badge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { isOver } from '../../ui/expiry.ts';
import { MadeBy } from '../../ui/made-by.tsx';
import { Table, Td, Th, THead, Tr } from '../../ui/table.tsx';
import { TimeText } from '../../ui/time-text.tsx';
import { tokenScope } from './token-form.ts';

export interface TokenTableProps {
  readonly tokens: readonly Token[];
  readonly now: Date;
  readonly onRevoke: (token: Token) => void;
}

/** Tokens, and what each may do. */
export function TokenTable({ tokens, now, onRevoke }: TokenTableProps) {
  return (
    <Table aria-label="API tokens">
      <THead>
        <Th>Token</Th>
        <Th>May act as</Th>
        <Th>Created</Th>
        <Th>Expires</Th>
        <Th>
          <span className="sr-only">Actions</span>
        </Th>
      </THead>
      <tbody>
        {tokens.map((token) => (
          <Tr key={token.id}>
            <Td className="max-w-60">
              <span className="block truncate font-medium" title={token.name}>
                {token.name}
              </span>
              <span className="block truncate font-mono text-xs text-faint">{token.id}</span>
            </Td>
            <Td>{tokenScope(token)}</Td>
            <Td className="whitespace-nowrap">
              <MadeBy at={token.createdAt} by={token.createdBy} />
            </Td>
            <Td className="whitespace-nowrap nums">
              {token.revokedAt !== null ? (
                <Badge>Revoked</Badge>
              ) : token.expiresAt === null ? (
                <span className="text-faint">Never</span>
              ) : (
                <TimeText at={token.expiresAt} />
              )}
            </Td>
            <Td className="text-right">
              {!isOver(token, now) && (
                <Button size="sm" tone="ghost" onClick={() => onRevoke(token)} aria-label={`Revoke ${token.name}`}>
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
