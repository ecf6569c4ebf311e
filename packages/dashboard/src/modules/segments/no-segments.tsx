import { Button } from '../../ui/button.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';

/** What a segment is for, where none is yet. */
export function NoSegments({ canEdit, onNew }: { readonly canEdit: boolean; readonly onNew: () => void }) {
  return (
    <EmptyState
      drawing={
        <svg viewBox="0 0 120 64" className="h-20 w-36" fill="none" strokeWidth="1.5">
          <circle cx="46" cy="32" r="26" className="fill-accent-soft stroke-accent" />
          <circle cx="74" cy="32" r="26" className="stroke-edge" strokeDasharray="3 4" />
          {[36, 46, 58].map((x, at) => (
            <circle key={x} cx={x} cy={24 + at * 8} r="3.5" className="fill-accent" />
          ))}
          <circle cx="84" cy="30" r="3.5" className="fill-edge" />
          <circle cx="90" cy="42" r="3.5" className="fill-edge" />
        </svg>
      }
      title="No segments here yet"
      action={
        canEdit && (
          <Button tone="primary" size="lg" onClick={onNew}>
            Create a segment
          </Button>
        )
      }
    >
      <p>
        Testers, staff, customers of a plan: name an audience once, and let the rules of any flag use it. When the
        audience changes, all of those flags follow.
      </p>
    </EmptyState>
  );
}
