/** One shared value for each text: rulesets name the same attributes in thousands of conditions. */

/** Texts remembered before all are forgotten: more than an environment has, and no leak where environments come and go. */
const MOST = 4_096;

export function createIntern<T>(make: (text: string) => T): (text: string) => T {
  const made = new Map<string, T>();
  return (text) => {
    const before = made.get(text);
    if (before !== undefined) return before;
    if (made.size >= MOST) made.clear();
    const value = make(text);
    made.set(text, value);
    return value;
  };
}
