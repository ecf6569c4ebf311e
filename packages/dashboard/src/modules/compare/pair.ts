/** Which two environments are compared when the address does not say. */
const LAST = ['production', 'prod', 'live'];
const BEFORE = ['staging', 'stage', 'preproduction', 'preprod', 'test', 'qa', 'development', 'dev'];

/** Null when there are not two. What the address asks for counts as far as it is there. */
export function choosePair(
  environments: readonly string[],
  asked: { readonly from: string | undefined; readonly to: string | undefined },
): { readonly from: string; readonly to: string } | null {
  const known = (key: string | undefined): string | undefined => environments.find((one) => one === key);
  const to =
    known(asked.to) ?? first(environments, LAST, known(asked.from)) ?? environments.find((one) => one !== asked.from);
  const from = known(asked.from) === to ? undefined : known(asked.from);
  const source = from ?? first(environments, BEFORE, to) ?? environments.find((one) => one !== to);
  return to === undefined || source === undefined ? null : { from: source, to };
}

function first(environments: readonly string[], names: readonly string[], but: string | undefined): string | undefined {
  return names.find((name) => name !== but && environments.includes(name));
}
