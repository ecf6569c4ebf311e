// @ts-check
/** Environments as large as they may be, on the bus as the publisher would have put them there. */
import { createNatsBus } from '@flaghoist/bus/nats';
import { COUNTRIES, domainOf, keyOf } from '../environment/flags.mjs';
import { createServerKey, flagLine, History } from '../environment/history.mjs';

/**
 * A flag with two rules and a rollout for everybody else, as teams have them in the middle of a launch.
 *
 * @param {number} number
 * @param {string} environment Another one makes other texts.
 * @returns {import('@flaghoist/evaluator').FlagConfiguration}
 */
export function createLaunchedFlag(number, environment) {
  const key = keyOf(number);
  return {
    key,
    type: 'boolean',
    enabled: true,
    clientVisible: number % 2 === 0,
    variants: { on: true, off: false },
    offVariant: 'off',
    rules: [
      {
        id: 'staff',
        description: `The team itself, in ${environment}.`,
        conditions: [{ attribute: 'email', operator: 'endsWith', values: [domainOf(number)] }],
        serve: { variant: 'on' },
      },
      {
        id: 'countries',
        description: 'Half of those in our ten countries who have the new app.',
        conditions: [
          { attribute: 'country', operator: 'in', values: COUNTRIES },
          { attribute: 'appVersion', operator: 'semverGreaterOrEqual', values: [`4.${number % 30}.0`] },
        ],
        serve: rollout(50),
      },
    ],
    default: rollout(number % 100),
  };
}

/** @param {number} on Percent. @returns {import('@flaghoist/evaluator').Serve} */
function rollout(on) {
  const variants = [
    { variant: 'on', weight: on },
    { variant: 'off', weight: 100 - on },
  ];
  return { rollout: { variants, bucketing: { algorithm: 'murmur3/1' } } };
}

/** Of the team of flag 0, who has it on. */
export const SOMEBODY = { targetingKey: 'user-1', email: `somebody${domainOf(0)}` };

/**
 * Genuine entities, heads and hashes; only the gate has not seen them.
 *
 * @param {string} natsUrl
 * @param {{ environments: number; flags: number }} size
 * @returns {Promise<{ keys: string[]; bytes: number }>} A server key of each environment; bytes of all flags' texts.
 */
export async function publishEnvironments(natsUrl, { environments, flags }) {
  const bus = createNatsBus({ servers: natsUrl.split(',') });
  const keys = [];
  let bytes = 0;
  try {
    for (let i = 0; i < environments; i++) {
      const history = new History();
      const key = createServerKey();
      const lines = Array.from({ length: flags }, (_, number) => flagLine(createLaunchedFlag(number, `stage ${i}`)));
      const body = Buffer.from(history.change([...lines, key.line]));
      bytes += lines.reduce((sum, { json }) => sum + json.length, 0);
      const id = `${history.id}.1.${history.revision}`;
      await bus.log.append({ stream: history.id, id, after: null, checkpoint: true, body });
      keys.push(key.text);
    }
  } finally {
    await bus.stop();
  }
  return { keys, bytes };
}
