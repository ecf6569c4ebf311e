import { Link } from '@tanstack/react-router';
import mark from './mark.svg';

/** The program's sign; leads home. */
export function Mark() {
  return (
    <Link to="/" aria-label="Flaghoist, home" className="shrink-0 rounded-lg">
      <img src={mark} alt="" className="size-7" />
    </Link>
  );
}
