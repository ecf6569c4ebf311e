import { useState } from 'react';
import { KEY_PATTERN } from '@flaghoist/evaluator';
import { Field } from '../../../ui/field.tsx';
import { TextInput } from '../../../ui/text-input.tsx';
import { firstUnder } from '../check/problems.ts';
import { useEditing } from '../editing/editing-context.ts';
import { ConditionList } from './condition-list.tsx';
import type { RuleCardProps } from './rule-card-props.ts';
import { ServeEditor } from './serve-editor.tsx';

const KEY = new RegExp(KEY_PATTERN);

export function RuleEditor({ rule, index, problems, onRename }: RuleCardProps) {
  const { edit, settle } = useEditing();
  const path = `$.rules[${index}]`;
  return (
    <div className="flex min-w-0 flex-col gap-5">
      <div className="grid gap-4 sm:grid-cols-[minmax(0,1fr)_14rem]">
        <Field label="What it is for" optional error={firstUnder(problems, `${path}.description`)?.message}>
          <TextInput
            value={rule.description ?? ''}
            placeholder="Beta customers in Europe"
            onChange={(description) => edit({ do: 'describe rule', rule: rule.id, description }, true)}
            onBlur={settle}
          />
        </Field>
        <RuleId key={rule.id} id={rule.id} error={firstUnder(problems, `${path}.id`)?.message} onRename={onRename} />
      </div>
      <ConditionList
        rule={rule.id}
        at={[]}
        conditions={rule.conditions}
        path={`${path}.conditions`}
        problems={problems}
        joint="and"
      />
      <div className="grid min-w-0 gap-x-3 gap-y-1 border-t pt-4 sm:grid-cols-[3.25rem_minmax(0,1fr)]">
        <span className="pt-1 text-sm text-faint sm:text-right">Serve</span>
        <ServeEditor
          serve={rule.serve}
          serving={{ in: 'rule', rule: rule.id }}
          path={`${path}.serve`}
          problems={problems}
        />
      </div>
    </div>
  );
}

interface RuleIdProps {
  readonly id: string;
  readonly error: string | undefined;
  readonly onRename: RuleCardProps['onRename'];
}

/** Taken when the field is left, because counts and other rules know a rule by its id. */
function RuleId({ id, error, onRename }: RuleIdProps) {
  const [text, setText] = useState(id);
  const isKey = KEY.test(text);
  const own = isKey ? error : 'Begin with a letter or digit; then letters, digits, dot, underscore or hyphen.';
  return (
    <Field label="Id" error={own}>
      <TextInput
        mono
        value={text}
        onChange={setText}
        onBlur={() => {
          if (isKey && text !== id) onRename(id, text);
        }}
        onKeyDown={(event) => {
          if (event.key === 'Enter') event.currentTarget.blur();
          if (event.key === 'Escape') setText(id);
        }}
      />
    </Field>
  );
}
