/** Applications that ask for flags: programs of their own that talk to the test in lines of JSON. */
import { fileURLToPath } from 'node:url';
import { type ChildProgram, type Ending, startProgram } from './child-program.ts';
import type { Scene } from './scene.ts';
import { within } from './until.ts';

export interface Context {
  readonly targetingKey: string;
  readonly [attribute: string]: string;
}

/** What OpenFeature answered, in short. `rule`, `revision`: where the provider says so. */
export interface Answer {
  readonly value: unknown;
  readonly variant?: string;
  readonly reason: string;
  readonly errorCode?: string;
  readonly rule?: string;
  readonly revision?: number;
}

export interface ApplicationEvent {
  /** e.g. `PROVIDER_CONFIGURATION_CHANGED`. */
  readonly event: string;
  /** Milliseconds since 1970, by the clock of this machine. */
  readonly at: number;
  readonly flagsChanged?: readonly string[];
  readonly message?: string;
}

/** What an application saw that asked for one flag all the time. */
export interface Observation {
  readonly evaluations: number;
  /** All evaluations of the process, the first answer and those that were asked for one by one included. */
  readonly asked: number;
  /** How many answers had an error, and the first few of them. */
  readonly failed: number;
  readonly failures: readonly Answer[];
  /** Answers whose revision or value was below the one before, the first few. */
  readonly backwards: readonly { readonly before: Answer; readonly after: Answer }[];
  readonly last: Answer | null;
}

/** What all flags that are followed answer from one revision. */
export interface Held {
  readonly revision: number;
  readonly values: Readonly<Record<string, number>>;
}

export interface Application {
  readonly program: ChildProgram;
  /** Milliseconds from before the provider was handed over to its first answer, measured in the process. */
  readonly firstAnswerMs: number;
  readonly firstAnswer: Answer;
  readonly events: readonly ApplicationEvent[];
  /** The first event of that name with a number of `from` or more; numbers count from 0 over all events. */
  event(name: string, deadlineMs: number, from?: number): Promise<ApplicationEvent>;
  /** Asks for a flag, once for each context. */
  evaluate(flag: string, fallback: unknown, contexts: readonly Context[]): Promise<readonly Answer[]>;
  /** From now on asks for a number flag every 10 ms; provider application only. */
  observe(flag: string, context: Context): Promise<void>;
  /** From now on asks for a number flag as often as it can. */
  hurry(flag: string, context: Context): Promise<void>;
  /** From now on asks for all of these number flags every 10 ms; `onHeld` is told what they answer whenever the revision is another. */
  follow(flags: readonly string[], context: Context, onHeld: (held: Held) => void): Promise<void>;
  observed(): Promise<Observation>;
  /** Asks no more; answers all that was seen. */
  rest(): Promise<Observation>;
  status(): Promise<string>;
  /** Closes OpenFeature, which sends what was counted, and ends. */
  close(): Promise<Ending>;
}

/** The flag that the application asks for first. */
export interface First {
  readonly flag: string;
  readonly fallback: unknown;
  readonly context: Context;
}

const START_WITHIN_MS = 30_000;
const ANSWER_WITHIN_MS = 30_000;

/** An application with Flaghoist's own provider; `options` are the provider's. `preload`: a script in `programs/` that runs before. */
export function startProviderApplication(
  scene: Scene,
  options: Readonly<Record<string, unknown>>,
  first: First,
  preload?: string,
): Promise<Application> {
  return startApplication(scene, 'provider-application.mjs', options, first, preload);
}

/** An application with the OFREP provider from npm. */
export function startOfrepApplication(
  scene: Scene,
  options: { readonly url: string; readonly key: string },
  first: First,
): Promise<Application> {
  return startApplication(scene, 'ofrep-application.mjs', options, first);
}

async function startApplication(
  scene: Scene,
  script: string,
  options: object,
  first: First,
  preload?: string,
): Promise<Application> {
  const path = fileURLToPath(new URL(`./programs/${script}`, import.meta.url));
  const before = preload === undefined ? [] : ['--import', new URL(`./programs/${preload}`, import.meta.url).href];
  const program = startProgram(scene, { args: [...before, path, JSON.stringify({ options, first })] });
  const events: ApplicationEvent[] = [];
  program.onLine((line) => {
    const said = JSON.parse(line) as Partial<ApplicationEvent>;
    if (said.event !== undefined) events.push(said as ApplicationEvent);
  });
  const line = await program.line('the application’s first answer', START_WITHIN_MS, (text) => has(text, 'first'));
  const { first: firstAnswer, ms } = JSON.parse(line) as { readonly first: Answer; readonly ms: number };
  let asked = 0;

  async function ask<T>(question: object): Promise<T> {
    const id = ++asked;
    const answer = program.line(JSON.stringify(question), ANSWER_WITHIN_MS, (text) => has(text, 'id', id));
    program.writeLine(JSON.stringify({ id, ...question }));
    return (JSON.parse(await answer) as { readonly answer: T }).answer;
  }

  return {
    program,
    events,
    firstAnswer,
    firstAnswerMs: ms,
    async event(name, deadlineMs, from = 0) {
      const isLater = (line: string): boolean => has(line, 'event', name) && indexOf(program, line) >= from;
      return JSON.parse(await program.line(name, deadlineMs, isLater)) as ApplicationEvent;
    },
    evaluate: (flag, fallback, contexts) => ask({ ask: 'evaluate', flag, fallback, contexts }),
    observe: (flag, context) => ask({ ask: 'observe', flag, context }),
    hurry: (flag, context) => ask({ ask: 'hurry', flag, context }),
    follow(flags, context, onHeld) {
      program.onLine((line) => {
        if (has(line, 'holds')) onHeld((JSON.parse(line) as { readonly holds: Held }).holds);
      });
      return ask({ ask: 'follow', flags, context });
    },
    observed: () => ask({ ask: 'observed' }),
    rest: () => ask({ ask: 'rest' }),
    status: () => ask({ ask: 'status' }),
    close() {
      program.writeLine(JSON.stringify({ id: 0, ask: 'close' }));
      return within('the end of the application', ANSWER_WITHIN_MS, program.ended);
    },
  };
}

/** Which event the line is, counted from 0. */
function indexOf(program: ChildProgram, line: string): number {
  return (JSON.parse(line) as { readonly number: number }).number;
}

function has(line: string, member: string, value?: unknown): boolean {
  const said = JSON.parse(line) as Readonly<Record<string, unknown>>;
  return member in said && (value === undefined || said[member] === value);
}
