// @ts-check
/** What an application does for a test: says what happens to it, and answers what it is asked, in lines of JSON. */
import { setPriority } from 'node:os';
import { createInterface } from 'node:readline';
import { OpenFeature, ProviderEvents } from '@openfeature/server-sdk';

const OBSERVE_EVERY_MS = 10;
const HURRYING_PRIORITY = 5;
/** Evaluations between two looks at what else there is. */
const IN_ONE_TURN = 200;
const SHOWN = 5;

/** @typedef {import('@openfeature/server-sdk').EvaluationDetails<import('@openfeature/server-sdk').JsonValue>} Details */

/** Evaluations of this process, whoever asked for them. */
let asked = 0;

const { options, first } = JSON.parse(process.argv[2] ?? '{}');

/** @param {object} said */
function say(said) {
  process.stdout.write(`${JSON.stringify(said)}\n`);
}

/** @param {Details} details */
function shorten({ value, variant, reason, errorCode, flagMetadata }) {
  const { rule, revision } = flagMetadata;
  return { value, variant, reason, errorCode, rule, revision };
}

/**
 * Hands the provider over, asks for the first flag, and then does what standard input says until that says `close`.
 *
 * @param {(options: any) => import('@openfeature/server-sdk').Provider} createProvider
 */
export async function converse(createProvider) {
  const client = OpenFeature.getClient();
  announceEvents(client);
  const began = performance.now();
  const provider = createProvider(options);
  // What cannot start is told by its event; its answers are the application's own.
  await OpenFeature.setProviderAndWait(provider).catch(() => undefined);
  const answer = await ask(client, first.flag, first.fallback, first.context);
  say({ first: shorten(answer), ms: performance.now() - began });
  const observer = createObserver(client);
  for await (const line of createInterface({ input: process.stdin })) {
    const question = JSON.parse(line);
    if (question.ask === 'close') break;
    say({ id: question.id, answer: await answerTo(question, client, observer) });
  }
  observer.stop();
  await OpenFeature.close();
  process.stdin.destroy();
}

/** @param {import('@openfeature/server-sdk').Client} client */
function announceEvents(client) {
  let number = 0;
  for (const event of Object.values(ProviderEvents))
    client.addHandler(event, (details) => {
      say({ event, at: Date.now(), number: number++, flagsChanged: details?.flagsChanged, message: details?.message });
    });
}

/**
 * @param {any} question
 * @param {import('@openfeature/server-sdk').Client} client
 * @param {ReturnType<typeof createObserver>} observer
 */
async function answerTo(question, client, observer) {
  switch (question.ask) {
    case 'evaluate': {
      const answers = [];
      for (const context of question.contexts)
        answers.push(shorten(await ask(client, question.flag, question.fallback, context)));
      return answers;
    }
    case 'observe':
      observer.start(question.flag, question.context);
      return null;
    case 'follow':
      observer.follow(question.flags, question.context);
      return null;
    case 'hurry':
      observer.hurry(question.flag, question.context);
      return null;
    case 'observed':
      return observer.seen();
    case 'rest':
      observer.stop();
      return observer.seen();
    case 'status':
      return client.providerStatus;
    default:
      throw new Error(`unknown question ${question.ask}`);
  }
}

/**
 * @param {import('@openfeature/server-sdk').Client} client
 * @param {string} flag
 * @param {unknown} fallback
 * @param {import('@openfeature/server-sdk').EvaluationContext} context
 * @returns {Promise<Details>}
 */
function ask(client, flag, fallback, context) {
  asked += 1;
  if (typeof fallback === 'boolean') return client.getBooleanDetails(flag, fallback, context);
  if (typeof fallback === 'number') return client.getNumberDetails(flag, fallback, context);
  return client.getStringDetails(flag, String(fallback), context);
}

/** @param {import('@openfeature/server-sdk').Client} client */
function createObserver(client) {
  /** @type {NodeJS.Timeout | undefined} */
  let timer;
  let isInAHurry = false;
  let evaluations = 0;
  let failed = 0;
  /** @type {ReturnType<typeof shorten>[]} */
  const failures = [];
  /** @type {{ before: ReturnType<typeof shorten>, after: ReturnType<typeof shorten> }[]} */
  const backwards = [];
  /** @type {ReturnType<typeof shorten> | null} */
  let last = null;

  /** @param {ReturnType<typeof shorten>} after */
  function count(after) {
    evaluations += 1;
    if (after.errorCode === undefined) return true;
    failed += 1;
    if (failures.length < SHOWN) failures.push(after);
    return false;
  }

  /** @param {ReturnType<typeof shorten>} after */
  function note(after) {
    if (!count(after)) return;
    const before = last;
    last = after;
    if (before === null || backwards.length >= SHOWN) return;
    const wentBack = Number(after.revision) < Number(before.revision) || Number(after.value) < Number(before.value);
    if (wentBack) backwards.push({ before, after });
  }

  return {
    /**
     * @param {string} flag
     * @param {import('@openfeature/server-sdk').EvaluationContext} context
     */
    start(flag, context) {
      timer = setInterval(
        () => void ask(client, flag, -1, context).then((details) => note(shorten(details))),
        OBSERVE_EVERY_MS,
      );
    },
    /**
     * Asks for all of them each time, and says what they answer whenever that is of another revision.
     *
     * @param {readonly string[]} flags
     * @param {import('@openfeature/server-sdk').EvaluationContext} context
     */
    follow(flags, context) {
      let told = '';
      clearInterval(timer);
      const look = async () => {
        const answers = await Promise.all(flags.map(async (flag) => shorten(await ask(client, flag, -1, context))));
        for (const answer of answers) count(answer);
        const revisions = new Set(answers.map(({ revision }) => revision));
        const [revision] = revisions;
        const values = Object.fromEntries(flags.map((flag, index) => [flag, answers[index]?.value]));
        const holds = { revision, values };
        // A moment between two revisions says nothing of either.
        if (revisions.size > 1 || revision === undefined || told === JSON.stringify(holds)) return;
        told = JSON.stringify(holds);
        say({ holds });
      };
      timer = setInterval(() => void look(), OBSERVE_EVERY_MS);
    },
    /**
     * Asks as often as it can, behind what else the machine has to do.
     *
     * @param {string} flag
     * @param {import('@openfeature/server-sdk').EvaluationContext} context
     */
    hurry(flag, context) {
      setPriority(HURRYING_PRIORITY);
      isInAHurry = true;
      const turn = async () => {
        for (let i = 0; i < IN_ONE_TURN; i++) note(shorten(await ask(client, flag, -1, context)));
        if (isInAHurry) setImmediate(() => void turn());
      };
      void turn();
    },
    stop() {
      clearInterval(timer);
      isInAHurry = false;
    },
    seen: () => ({ evaluations, asked, failed, failures, backwards, last }),
  };
}
