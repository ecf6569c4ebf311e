/** Everything that can be done to a configuration by hand. */
import type { Condition, JsonValue, Rule, Serve } from '@flaghoist/evaluator';
import type { Configuration } from './configuration.ts';

/** Where something is served: by the default, or by the rule of this id. */
export type Serving = { readonly in: 'default' } | { readonly in: 'rule'; readonly rule: string };

/** A condition of a rule: its place in the rule's list, then in the group that stands there, and so on. */
export interface ConditionPlace {
  readonly rule: string;
  readonly at: readonly number[];
}

export type Action =
  | { readonly do: 'enable'; readonly enabled: boolean }
  | { readonly do: 'set value'; readonly variant: string; readonly value: JsonValue }
  | { readonly do: 'set off variant'; readonly variant: string | null }
  | { readonly do: 'set client visible'; readonly visible: boolean }
  /** Keys that stood under another variant leave it: a targeting key stands in one target only. */
  | { readonly do: 'add keys'; readonly variant: string; readonly keys: readonly string[] }
  | { readonly do: 'remove keys'; readonly keys: readonly string[] }
  | { readonly do: 'add rule'; readonly rule: Rule; readonly at?: number }
  | { readonly do: 'duplicate rule'; readonly rule: string; readonly id: string }
  | { readonly do: 'remove rule'; readonly rule: string }
  | { readonly do: 'move rule'; readonly rule: string; readonly to: number }
  | { readonly do: 'rename rule'; readonly rule: string; readonly id: string }
  | { readonly do: 'describe rule'; readonly rule: string; readonly description: string }
  /** `into`: the place of a group; empty: the rule's own list. */
  | {
      readonly do: 'add condition';
      readonly rule: string;
      readonly into: readonly number[];
      readonly condition: Condition;
    }
  | { readonly do: 'set condition'; readonly place: ConditionPlace; readonly condition: Condition }
  | { readonly do: 'remove condition'; readonly place: ConditionPlace }
  | { readonly do: 'serve'; readonly serving: Serving; readonly serve: Serve }
  | { readonly do: 'add prerequisite'; readonly flag: string; readonly variants: readonly string[] }
  | { readonly do: 'set prerequisite'; readonly flag: string; readonly variants: readonly string[] }
  | { readonly do: 'remove prerequisite'; readonly flag: string }
  /** Puts members of another configuration in place of these: a merge, or an older state. */
  | { readonly do: 'replace'; readonly members: Partial<Configuration> };

/** What an action works on, so that one stretch of typing or dragging is undone at once. */
export function subjectOf(action: Action): string {
  switch (action.do) {
    case 'set value':
      return `value ${action.variant}`;
    case 'describe rule':
      return `description ${action.rule}`;
    case 'set condition':
      return `condition ${action.place.at.join('.')} ${action.place.rule}`;
    case 'serve':
      return `serve ${action.serving.in === 'rule' ? action.serving.rule : ''}`;
    default:
      return action.do;
  }
}
