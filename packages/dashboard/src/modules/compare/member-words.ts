/** What the members of configurations and segments are called on the page. */
const NAMES: Readonly<Record<string, string>> = {
  enabled: 'On or off',
  variants: 'Variant values',
  offVariant: 'Variant when off',
  clientVisible: 'Visible to browsers',
  prerequisites: 'Prerequisites',
  targets: 'Targets',
  rules: 'Rules',
  default: 'Default',
  included: 'Included keys',
  excluded: 'Excluded keys',
  conditions: 'Conditions',
};

/** A member that a newer server knows is shown by its own name. */
export function memberName(member: string): string {
  return NAMES[member] ?? member;
}
