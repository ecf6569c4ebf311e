/** What may go wrong in a world. Each fault begins, and is taken back by what it answers; some are over at once. */
import type { Actor, Cast } from './cast.ts';
import type { ClientActor } from './client-actor.ts';
import type { EdgeActor } from './edge-actor.ts';
import type { Fault, Heal } from './fault.ts';
import type { Condition, LinkState } from './link.ts';
import type { Meddling, Wire } from './network.ts';
import { restoreWithNewEpoch, restoreWithoutNewEpoch } from './restore.ts';
import { ENVIRONMENTS } from './scene.ts';

const NOTHING: Heal = () => undefined;

export const FAULTS: readonly Fault[] = [
  ...(['cut', 'silent', 'slow'] as const).map((state) => wireFault(`wire ${state}`, (wire) => breakWire(wire, state))),
  ...(['buffers', 'mangles', 'corrupts', 'answers', 'remembers'] as const).map((meddling) => ({
    ...wireFault(`proxy ${meddling}`, (wire) => meddle(wire, meddling)),
    weight: meddling === 'mangles' ? 4 : 2,
  })),
  { name: 'connections cut', begin: cutConnections },
  { name: 'proxy confuses', begin: confuse, weight: 3 },
  { name: 'edge killed', begin: (cast) => down(pick(cast, cast.edges), 'kill') },
  { name: 'edge without power', begin: (cast) => down(pick(cast, cast.edges), 'cutPower'), weight: 2 },
  { name: 'client killed', begin: (cast) => down(pick(cast, cast.clients), 'kill') },
  { name: 'client without power', begin: (cast) => down(pick(cast, cast.clients), 'cutPower'), weight: 3 },
  { name: 'client in a crash loop', begin: (cast) => crashLoop(cast, pick(cast, cast.clients)) },
  { name: 'edge in a crash loop', begin: (cast) => crashLoop(cast, pick(cast, cast.edges)) },
  {
    name: 'publisher killed',
    begin: ({ publishers: [first] }) => (first === undefined ? NOTHING : down(first, 'kill')),
  },
  { name: 'insights killed', begin: ({ insights }) => down(insights, 'kill') },
  { name: 'two publishers', begin: secondPublisher },
  { name: 'clock stepped', begin: stepClock },
  { name: 'disk full', begin: (cast) => diskFault(pick(cast, readersOf(cast)), 'full') },
  { name: 'disk hung', begin: (cast) => diskFault(pick(cast, readersOf(cast)), 'hung') },
  { name: 'disk spoiled', begin: spoilDisk },
  ...(['refused', 'hung', 'slow'] as const).flatMap((state) => [
    { name: `bus ${state} for an edge`, begin: (cast: Cast) => breakWay(pick(cast, cast.edges).bus, state) },
    { name: `bus ${state} for the publisher`, begin: (cast: Cast) => breakWay(pick(cast, cast.publishers).bus, state) },
    {
      name: `database ${state} for the publisher`,
      begin: (cast: Cast) => breakWay(pick(cast, cast.publishers).databaseWay, state),
    },
    { name: `database ${state} for the author`, begin: (cast: Cast) => breakWay(cast.author.database, state) },
  ]),
  { name: 'notifications lost', begin: deafen },
  { name: 'bus skips messages', begin: skipMessages, weight: 3 },
  { name: 'bus spoils messages', begin: spoilMessages },
  { name: 'bus without power', begin: loseBus },
  { name: 'bus gone', begin: loseWholeBus },
  { name: 'database without power', begin: cutDatabase },
  { name: 'key revoked', begin: revokeKey },
  { name: 'database restored, new epoch', begin: restoreWithNewEpoch },
  { name: 'database restored, same epoch', begin: restoreWithoutNewEpoch },
];

const DRAWN: readonly Fault[] = FAULTS.flatMap((fault) => Array.from({ length: fault.weight ?? 1 }, () => fault));

export function drawFault(cast: Cast): Fault {
  return pick(cast, DRAWN);
}

function pick<T>({ scene }: Cast, list: readonly T[]): T {
  return scene.world.random.pick(list);
}

function readersOf({ edges, clients }: Cast): readonly (EdgeActor | ClientActor)[] {
  return [...edges, ...clients];
}

function wireFault(name: string, begin: (wire: Wire) => (cast: Cast) => Heal): Fault {
  return {
    name,
    begin(cast) {
      const wire = cast.scene.network.wire(pick(cast, cast.clients).machine, pick(cast, cast.edges).machine);
      return begin(wire)(cast);
    },
  };
}

function breakWire(wire: Wire, state: Wire['state']): (cast: Cast) => Heal {
  return ({ scene }) => {
    wire.state = state;
    if (state === 'cut') scene.network.cut(wire);
    return () => {
      wire.state = 'ok';
    };
  };
}

function meddle(wire: Wire, meddling: Meddling): (cast: Cast) => Heal {
  return ({ scene }) => {
    wire.meddling = meddling;
    if (scene.world.random.chance(0.7)) scene.network.cut(wire);
    return () => {
      if (wire.meddling === meddling) wire.meddling = 'none';
    };
  };
}

function cutConnections({ scene, clients, edges }: Cast): Heal {
  for (const client of clients)
    for (const edge of edges)
      if (scene.world.random.chance(0.7)) scene.network.cut(scene.network.wire(client.machine, edge.machine));
  return NOTHING;
}

/** Only where the environment of a key is known from the server: before that nobody could know better. */
function confuse(cast: Cast): Heal {
  const sure = cast.clients.filter(({ follower }) => follower?.freshness === 'fresh');
  if (sure.length === 0) return NOTHING;
  const { network } = cast.scene;
  const { machine } = pick(cast, sure);
  const wires = cast.edges.map((edge) => network.wire(machine, edge.machine));
  for (const wire of wires) {
    wire.meddling = 'confuses';
    network.cut(wire);
  }
  return () => {
    for (const wire of wires) if (wire.meddling === 'confuses') wire.meddling = 'none';
  };
}

function down<A extends Actor>(actor: A, how: keyof A & ('kill' | 'cutPower')): Heal {
  if (!actor.machine.isUp) return NOTHING;
  (actor[how] as () => void).call(actor);
  return () => {
    if (!actor.machine.isUp) actor.start();
  };
}

/** It dies, again and again, soon after it began. */
function crashLoop({ scene }: Cast, actor: EdgeActor | ClientActor): Heal {
  const { random } = scene.world;
  let isOver = false;
  const turn = (): void => {
    if (isOver || !actor.machine.isUp) return;
    actor.kill();
    scene.world.after(null, random.between(100, 1_500), () => {
      if (!actor.machine.isUp) actor.start();
      scene.world.after(null, random.between(500, 9_000), turn);
    });
  };
  turn();
  return () => {
    isOver = true;
    if (!actor.machine.isUp) actor.start();
  };
}

function secondPublisher({ publishers: [, second] }: Cast): Heal {
  if (second === undefined || second.machine.isUp) return NOTHING;
  second.start();
  return () => {
    if (second.machine.isUp) second.kill();
  };
}

function stepClock(cast: Cast): Heal {
  const { machine } = pick<Actor>(cast, [...readersOf(cast), ...cast.publishers]);
  const hour = 3_600_000;
  machine.clockOffsetMs += pick(cast, [-24 * hour, -hour, -90_000, 90_000, hour, 24 * hour, 12 * 365 * 24 * hour]);
  return NOTHING;
}

function diskFault(actor: EdgeActor | ClientActor, fault: 'full' | 'hung'): Heal {
  actor.disk.breakDown(fault);
  return () => actor.disk.mend();
}

function spoilDisk(cast: Cast): Heal {
  const actor = pick(cast, readersOf(cast));
  const { random } = cast.scene.world;
  const folder = cast.edges.some((edge) => edge === actor) ? `${pick(cast, ENVIRONMENTS)}/` : '';
  const file = `${folder}${pick(cast, ['ruleset', 'ruleset', 'ruleset.1', 'ruleset.quarantine'])}`;
  if (actor.disk.spoil(file, random)) cast.scene.recording.note(actor.machine.name, { what: 'spoiled', file });
  return down(actor, 'kill');
}

function breakWay(way: Condition, state: Exclude<LinkState, 'ok'>): Heal {
  way.breakDown(state);
  return () => way.mend();
}

function deafen(cast: Cast): Heal {
  const edge = pick(cast, cast.edges);
  edge.isDeaf = true;
  return () => {
    edge.isDeaf = false;
  };
}

/** A record that cannot be read is passed over, and nobody says so. */
function skipMessages({ scene }: Cast): Heal {
  scene.bus.reading = (messages) => messages.filter(() => !scene.world.random.chance(0.3));
  return () => {
    scene.bus.reading = (messages) => messages;
  };
}

/** Behind the head: one that is not signed has nothing of its own that a flipped bit would show by. */
function spoilMessages({ scene }: Cast): Heal {
  const { random } = scene.world;
  scene.bus.reading = (messages) =>
    messages.map((message) => {
      const head = message.body.indexOf(0x0a) + 1;
      if (random.chance(0.5) || head === 0 || head === message.body.length) return message;
      const body = Uint8Array.from(message.body);
      const value = random.chance(0.5) ? Buffer.from(body).lastIndexOf('green/flag') : -1;
      const at = value < 0 ? random.between(head, body.length - 1) : value + random.below(5);
      body[at] = (body[at] ?? 0) ^ (1 << random.below(7));
      return { ...message, body };
    });
  return () => {
    scene.bus.reading = (messages) => messages;
  };
}

function loseBus({ scene }: Cast): Heal {
  for (const [stream, length] of scene.bus.lengths())
    scene.bus.loseEnd(stream, scene.world.random.between(0, Math.min(4, length)));
  return NOTHING;
}

function loseWholeBus({ scene }: Cast): Heal {
  for (const [stream, length] of scene.bus.lengths()) scene.bus.loseEnd(stream, length);
  return NOTHING;
}

function cutDatabase({ author, publishers }: Cast): Heal {
  const working = publishers.filter(({ machine }) => machine.isUp);
  for (const publisher of working) publisher.kill();
  author.cutDatabasePower();
  return () => {
    for (const publisher of working) if (!publisher.machine.isUp) publisher.start();
  };
}

function revokeKey(cast: Cast): Heal {
  const environment = pick(cast, ENVIRONMENTS);
  cast.author.setKey(environment, true);
  return () => cast.author.setKey(environment, false);
}
