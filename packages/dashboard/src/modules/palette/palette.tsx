import { Dialog } from '../../ui/dialog.tsx';

export interface PaletteProps {
  readonly open: boolean;
  readonly onClose: () => void;
  /** The project one is in; null outside of projects. */
  readonly project: string | null;
}

/** Goes anywhere by typing. Loaded when it is first opened. */
export function Palette({ open, onClose }: PaletteProps) {
  return <Dialog open={open} onClose={onClose} title="Search" />;
}
