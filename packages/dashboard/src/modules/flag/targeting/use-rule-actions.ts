/** What can be done to the list of rules, and which of them are open. */
import type { Rule } from '@flaghoist/evaluator';
import { useCallback, useEffect, useRef, useState } from 'react';
import { showToast } from '../../../ui/toast.tsx';
import { beginRule, newRuleId } from '../draft/new-rule.ts';
import { useEditing } from '../editing/editing-context.ts';
import { useEvent } from '../use-event.ts';

/** Rules that are unfolded at once. */
const MOST_UNFOLDED = 20;

export function useRuleActions(rules: readonly Rule[], saved: readonly Rule[]) {
  const { edit, variants } = useEditing();
  const [open, setOpen] = useState<ReadonlySet<string>>(new Set());
  const [spoken, setSpoken] = useState('');
  const { list, follow } = useFollow();

  const openRule = useCallback((rule: string, isOpen: boolean) => {
    setOpen((before) => {
      const next = new Set(before);
      if (isOpen) next.add(rule);
      else next.delete(rule);
      return next;
    });
  }, []);
  const move = useEvent((rule: string, to: number) => {
    if (to < 0 || to >= rules.length) return;
    edit({ do: 'move rule', rule, to });
    setSpoken(`Rule ${rule} is now ${to + 1} of ${rules.length}.`);
    follow(rule);
  });
  const duplicate = useEvent((rule: string) => {
    const id = newRuleId(
      [...rules, ...saved].map((one) => one.id),
      rule,
    );
    edit({ do: 'duplicate rule', rule, id });
    openRule(id, true);
  });
  const rename = useEvent((rule: string, id: string) => {
    if (rules.some((one) => one.id === id)) {
      showToast({
        title: `There is a rule ${id} already`,
        detail: 'Each rule of a flag has an id of its own.',
        tone: 'danger',
      });
      return;
    }
    edit({ do: 'rename rule', rule, id });
    openRule(rule, false);
    openRule(id, true);
    follow(id);
  });
  const remove = useEvent((rule: string) => {
    const at = rules.findIndex(({ id }) => id === rule);
    edit({ do: 'remove rule', rule });
    setSpoken(`Rule ${rule} is removed.`);
    const next = rules[at + 1] ?? rules[at - 1];
    if (next !== undefined) follow(next.id);
  });

  function add(): void {
    const id = newRuleId([...rules, ...saved].map((one) => one.id));
    edit({ do: 'add rule', rule: beginRule(id, variants[0] ?? '') });
    openRule(id, true);
    follow(id);
  }

  function fold(): void {
    setOpen(open.size > 0 ? new Set() : new Set(rules.slice(0, MOST_UNFOLDED).map(({ id }) => id)));
  }

  return { list, open, spoken, openRule, fold, move, duplicate, rename, remove, add };
}

/** A rule that moved or came keeps, or gets, the focus and stays in sight; so does the neighbour of one that went. */
function useFollow() {
  const list = useRef<HTMLOListElement>(null);
  const [wanted, setWanted] = useState<{ readonly rule: string } | null>(null);
  useEffect(() => {
    if (wanted === null) return;
    const card = list.current?.querySelector(`[data-rule="${CSS.escape(wanted.rule)}"]`);
    card?.scrollIntoView({ block: 'nearest' });
    card?.querySelector<HTMLElement>('button[aria-expanded]')?.focus({ preventScroll: true });
  }, [wanted]);
  return { list, follow: (rule: string) => setWanted({ rule }) };
}
