import { useEffect, useState } from 'react';

/** The value as it was when it last rested for `ms`: what is typed is not asked for letter by letter. */
export function useLate<Value>(value: Value, ms: number): Value {
  const [late, setLate] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setLate(value), ms);
    return () => clearTimeout(timer);
  }, [value, ms]);
  return late;
}
