/** What can be done to the list, which comes when the list itself is there. */
import { latePart } from '../../ui/late-part.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';

export const FilterFields = latePart(
  () => import('./filter-fields.tsx').then((module) => module.FilterFields),
  <Skeleton className="h-8 w-full" />,
);
export const FilterDrawer = latePart(() => import('../../ui/drawer.tsx').then((module) => module.Drawer));
export const SavedFilters = latePart(
  () => import('./saved-filters.tsx').then((module) => module.SavedFilters),
  <Skeleton className="h-8 w-10 sm:w-22.25" />,
);
export const ShownMenu = latePart(
  () => import('./shown-menu.tsx').then((module) => module.ShownMenu),
  <Skeleton className="mr-2 h-4 w-3.5 sm:w-24" />,
);
export const SwitchedSelect = latePart(
  () => import('./switched-select.tsx').then((module) => module.SwitchedSelect),
  <Skeleton className="h-7 flex-1" />,
);
export const BulkBar = latePart(() => import('./bulk-bar.tsx').then((module) => module.BulkBar));
export const StatesDialog = latePart(() => import('./states-dialog.tsx').then((module) => module.StatesDialog));
