import type { FleetEdge } from '../../api/openapi.d.ts';
import { Badge } from '../../ui/badge.tsx';
import { Card } from '../../ui/card.tsx';
import { Table, Td, Th, THead, Tr } from '../../ui/table.tsx';
import { TimeText } from '../../ui/time-text.tsx';
import { AgeText, FollowerName, FollowerStateBadge, RevisionText } from './follower-state.tsx';
import { byNeed } from './order.ts';

export function EdgesTable({ edges }: { readonly edges: readonly FleetEdge[] }) {
  return (
    <Card flush>
      <Table aria-label="Edges">
        <THead>
          <Th>Edge</Th>
          <Th className="max-md:hidden">Version</Th>
          <Th>Revision</Th>
          <Th className="text-right max-sm:hidden">Instances</Th>
          <Th className="text-right max-md:hidden">Ruleset age</Th>
          <Th className="max-sm:hidden">Last seen</Th>
        </THead>
        <tbody>
          {byNeed(edges).map((edge) => (
            <Tr key={edge.edge}>
              <Td>
                <FollowerName of={edge} id={edge.edge} />
                {edge.canary && <Badge className="mt-1">canary</Badge>}
              </Td>
              <Td className="font-mono text-sm max-md:hidden">{edge.version}</Td>
              <Td>
                <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
                  <RevisionText epoch={edge.epoch} revision={edge.revision} />
                  <FollowerStateBadge of={edge} />
                </div>
              </Td>
              <Td className="text-right nums max-sm:hidden">{edge.instances}</Td>
              <Td className="text-right nums max-md:hidden">
                <AgeText of={edge} />
              </Td>
              <Td className="whitespace-nowrap max-sm:hidden">
                <TimeText at={edge.seenAt} />
              </Td>
            </Tr>
          ))}
        </tbody>
      </Table>
    </Card>
  );
}
