import { useEffect, useState } from 'react';
import { relativeTime } from './relative-time.ts';

const exact = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'medium' });
const EVERY_MS = 30_000;

export interface TimeTextProps {
  /** RFC 3339. */
  readonly at: string;
  /** Shows the exact time; else how long ago, with the exact time as the title. */
  readonly exactly?: boolean | undefined;
  readonly className?: string | undefined;
}

/** A moment, in the reader's own time zone. */
export function TimeText({ at, exactly = false, className }: TimeTextProps) {
  const [now, setNow] = useState(() => new Date());
  useEffect(() => {
    const timer = setInterval(() => setNow(new Date()), EVERY_MS);
    return () => clearInterval(timer);
  }, []);
  const moment = new Date(at);
  if (Number.isNaN(moment.getTime())) return <span className={className}>{at}</span>;
  const text = exact.format(moment);
  return (
    <time dateTime={at} title={text} className={className}>
      {exactly ? text : relativeTime(moment, now)}
    </time>
  );
}
