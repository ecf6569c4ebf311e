import { useState } from 'react';
import { Button } from './button.tsx';
import type { Series } from './series.ts';
import { Table, Td, Th, THead, Tr } from './table.tsx';

const exact = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'short' });
const MOST_ROWS = 500;

/** The numbers of a chart in words. */
export function ChartTable({
  title,
  series,
  format,
}: {
  readonly title: string;
  readonly series: readonly Series[];
  readonly format: (value: number) => string;
}) {
  const [isOpen, setOpen] = useState(false);
  const times = [...new Set(series.flatMap(({ points }) => points.map(([at]) => at)))]
    .sort((a, b) => b - a)
    .slice(0, MOST_ROWS);
  const byTime = series.map(({ points }) => new Map(points));
  return (
    <div className="mt-1">
      <Button tone="ghost" size="sm" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
        {isOpen ? 'Hide the table' : 'Show as a table'}
      </Button>
      {isOpen && (
        <div className="mt-2 max-h-80 overflow-y-auto rounded-lg border">
          <Table aria-label={title}>
            <THead>
              <Th>Time</Th>
              {series.map(({ name }) => (
                <Th key={name} className="text-right">
                  {name}
                </Th>
              ))}
            </THead>
            <tbody>
              {times.map((at) => (
                <Tr key={at}>
                  <Td className="whitespace-nowrap">{exact.format(at * 1_000)}</Td>
                  {series.map(({ name }, index) => (
                    <Td key={name} className="text-right nums">
                      {format(byTime[index]?.get(at) ?? 0)}
                    </Td>
                  ))}
                </Tr>
              ))}
            </tbody>
          </Table>
        </div>
      )}
    </div>
  );
}
