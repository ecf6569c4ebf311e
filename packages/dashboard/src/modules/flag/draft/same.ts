/** Whether two JSON values are the same: members in any order, lists in theirs. Cheap when they are one object. */
export function isSame(one: unknown, other: unknown): boolean {
  if (Object.is(one, other)) return true;
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null) return false;
  if (Array.isArray(one) || Array.isArray(other))
    return Array.isArray(one) && Array.isArray(other) && isSameList(one, other);
  return isSameObject(one as Members, other as Members);
}

type Members = { readonly [name: string]: unknown };

function isSameList(one: readonly unknown[], other: readonly unknown[]): boolean {
  return one.length === other.length && one.every((item, index) => isSame(item, other[index]));
}

/** A member that is undefined is no member. */
function isSameObject(one: Members, other: Members): boolean {
  const names = (members: Members) => Object.keys(members).filter((name) => members[name] !== undefined);
  const mine = names(one);
  return (
    mine.length === names(other).length &&
    mine.every((name) => Object.hasOwn(other, name) && isSame(one[name], other[name]))
  );
}
