import { useState } from 'react';
import type { FleetInstance } from '../../api/openapi.d.ts';
import { Button } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { Table, Td, Th, THead, Tr } from '../../ui/table.tsx';
import { TimeText } from '../../ui/time-text.tsx';
import { AgeText, FollowerName, FollowerStateBadge, RevisionText } from './follower-state.tsx';
import { byNeed } from './order.ts';

const AT_ONCE = 100;

/** Those that need somebody first; the rest on demand. */
export function InstancesTable({ instances }: { readonly instances: readonly FleetInstance[] }) {
  const [most, setMost] = useState(AT_ONCE);
  const left = instances.length - most;
  return (
    <>
      <Card flush>
        <Table aria-label="Instances">
          <THead>
            <Th>Instance</Th>
            <Th className="max-md:hidden">SDK</Th>
            <Th>Revision</Th>
            <Th className="text-right max-md:hidden">Ruleset age</Th>
            <Th className="max-sm:hidden">Last seen</Th>
          </THead>
          <tbody>
            {byNeed(instances)
              .slice(0, most)
              .map((one) => (
                <Tr key={one.instance}>
                  <Td>
                    <FollowerName of={one} id={one.instance} />
                  </Td>
                  <Td className="font-mono text-sm max-md:hidden">{one.sdk}</Td>
                  <Td>
                    <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
                      <RevisionText epoch={one.epoch} revision={one.revision} />
                      <FollowerStateBadge of={one} />
                    </div>
                  </Td>
                  <Td className="text-right nums max-md:hidden">
                    <AgeText of={one} />
                  </Td>
                  <Td className="whitespace-nowrap max-sm:hidden">
                    <TimeText at={one.seenAt} />
                  </Td>
                </Tr>
              ))}
          </tbody>
        </Table>
      </Card>
      {left > 0 && (
        <Button className="self-start" onClick={() => setMost(most + AT_ONCE)}>
          Show {Math.min(AT_ONCE, left)} more
        </Button>
      )}
    </>
  );
}
