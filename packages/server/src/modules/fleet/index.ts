/**
 * fleet: who follows, and what they have.
 *
 * Owns: what edges say of themselves and of their instances; how far and how fast a revision has come.
 * Tables: fleet_edges, fleet_instances, fleet_deliveries, fleet_counting.
 * Emits: nothing.
 * Never: lets a clock other than the database's decide; names more than 1,000 instances of an environment; remembers what
 *   was not heard of for a day; shows followers of an environment that may not be seen.
 */
export { createFleet, type Fleet } from './fleet.ts';
export { createReceiptFolder, type ReceiptFolder } from './receipt-folder.ts';
export { fleetRoutes } from './routes.ts';
