/** How the servers of a cluster reach each other: directly, or by wires that can be harmed. */
import { type FaultLink, startFaultLink } from '../links/index.ts';

/** The wire that one node opens to another. Which of the two between them carries what they say is up to them. */
export interface NatsRoute {
  readonly from: string;
  readonly to: string;
  readonly link: FaultLink;
}

interface RoutePlace {
  readonly name: string;
  /** Where it listens for the others. */
  readonly port: number;
}

export async function linkRoutes(places: readonly RoutePlace[]): Promise<readonly NatsRoute[]> {
  const pairs = places.flatMap((from) => places.filter((to) => to !== from).map((to) => ({ from, to })));
  return Promise.all(
    pairs.map(async ({ from, to }) => ({ from: from.name, to: to.name, link: await startFaultLink(to.port) })),
  );
}

/** The block `cluster` of one node. */
export function routeSettings(
  { name, port }: RoutePlace,
  places: readonly RoutePlace[],
  routes: readonly NatsRoute[],
): string {
  const own = routes.filter(({ from }) => from === name).map(({ link }) => link.port);
  const known = own.length > 0 ? own : places.map((place) => place.port);
  const addresses = known.map((at) => `"nats://127.0.0.1:${at}"`).join(', ');
  // A node tells the others where it is, and they would go around the wires: they are told of a port where nobody is.
  const elsewhere = own.length > 0 ? 'advertise: "127.0.0.1:1", ' : '';
  // Clients keep to the addresses they were given, which may be those of wires that tests harm.
  return `cluster { name: test, no_advertise: true, listen: "127.0.0.1:${port}", ${elsewhere}routes: [${addresses}] }`;
}
