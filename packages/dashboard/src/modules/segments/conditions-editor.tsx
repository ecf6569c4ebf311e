import { Braces, Plus } from 'lucide-react';
import { Button } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { Section } from '../../ui/section.tsx';
import { AttributeRow } from './attribute-row.tsx';
import type { RowEvent, Rows } from './conditions.ts';
import { JsonRow } from './json-row.tsx';

export interface ConditionsEditorProps {
  readonly rows: Rows;
  /** By row id. */
  readonly problems: { readonly [id: number]: string };
  readonly isLocked: boolean;
  readonly onStep: (event: RowEvent) => void;
}

/** The conditions that all have to hold: simple ones by fields, groups and the like as JSON. */
export function ConditionsEditor({ rows, problems, isLocked, onStep }: ConditionsEditorProps) {
  return (
    <Section
      title="Conditions"
      description="Who is in neither list is in when all of these hold. Without conditions, nobody else is."
    >
      <Card flush>
        {rows.rows.map((row, at) => (
          <div key={row.id} className="flex gap-3 border-b p-3 sm:p-4">
            <span className="w-8 shrink-0 pt-1.5 text-sm text-faint">{at === 0 ? 'If' : 'and'}</span>
            {row.kind === 'attribute' ? (
              <AttributeRow
                condition={row.condition}
                problem={problems[row.id] ?? null}
                isLocked={isLocked}
                onChange={(condition) => onStep({ event: 'condition', id: row.id, condition })}
                onRemove={() => onStep({ event: 'remove', id: row.id })}
              />
            ) : (
              <JsonRow
                text={row.text}
                problem={problems[row.id] ?? null}
                isLocked={isLocked}
                onChange={(text) => onStep({ event: 'text', id: row.id, text })}
                onRemove={() => onStep({ event: 'remove', id: row.id })}
              />
            )}
          </div>
        ))}
        {rows.rows.length === 0 && isLocked && <p className="p-4 text-soft">No conditions.</p>}
        {!isLocked && (
          <div className="flex flex-wrap gap-2 p-3 sm:px-4">
            <Button size="sm" icon={Plus} onClick={() => onStep({ event: 'add', kind: 'attribute' })}>
              Add a condition
            </Button>
            <Button size="sm" tone="ghost" icon={Braces} onClick={() => onStep({ event: 'add', kind: 'json' })}>
              Add as JSON (another segment, a group, a share)
            </Button>
          </div>
        )}
      </Card>
    </Section>
  );
}
