/** A flag's state in one environment, in words. */

export interface ServedState {
  readonly environment: string;
  readonly enabled: boolean;
  /** As the API sums it up: `off`, `rollout`, `rules`, or the variant that everybody gets. */
  readonly serves: string;
}

/** One or two words for a row. */
export function stateWord({ enabled, serves }: ServedState): string {
  if (!enabled) return 'Off';
  if (serves === 'off' || serves === 'on') return 'On';
  if (serves === 'rollout') return 'Rollout';
  return serves === 'rules' ? 'Rules' : serves;
}

/** A sentence without its subject. */
export function stateSentence({ enabled, serves }: ServedState): string {
  if (!enabled) return 'Off';
  if (serves === 'off') return 'On';
  if (serves === 'rollout') return 'On, everybody takes part in a rollout';
  if (serves === 'on') return 'On for everybody';
  return serves === 'rules' ? 'On, rules decide' : `On, everybody gets ${serves}`;
}

/** Whether it differs for different people. */
export function isPartial({ enabled, serves }: ServedState): boolean {
  return enabled && (serves === 'rollout' || serves === 'rules');
}

/** For screen readers: `On in dev, staging. Off in production.` */
export function statesText(states: readonly ServedState[]): string {
  const named = (enabled: boolean) =>
    states.filter((state) => state.enabled === enabled).map(({ environment }) => environment);
  const part = (word: string, names: readonly string[]) =>
    names.length === 0 ? '' : `${word} in ${names.join(', ')}.`;
  return [part('On', named(true)), part('Off', named(false))].filter((text) => text !== '').join(' ');
}
