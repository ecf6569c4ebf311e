import { type ComponentType, createElement, type FunctionComponent, lazy, useState } from 'react';

const MOST_ATTEMPTS = 60;
const FIRST_DELAY_MS = 500;
const LONGEST_DELAY_MS = 10_000;

export interface LazyPart<Props extends object> extends FunctionComponent<Props> {
  /** Loads it before it is shown: then it is there at once, without the `Suspense` around it being seen. */
  readonly ahead: () => Promise<unknown>;
}

/**
 * A part of a page that is loaded when it is first shown. While the server is away it waits, instead of taking down all that
 * stands around it, such as edits that nobody has saved yet.
 */
export function lazyPart<Props extends object>(load: () => Promise<ComponentType<Props>>): LazyPart<Props> {
  let loaded: ComponentType<Props> | null = null;
  const ahead = async (): Promise<{ default: ComponentType<Props> }> => {
    loaded = await loadFromServer(load);
    return { default: loaded };
  };
  const Lazy = lazy(ahead);
  // React keeps a fallback that it has shown for 300 ms: what is there already must not go through it.
  const Part = (props: Props) => {
    const [Shown] = useState<ComponentType<Props>>(() => loaded ?? Lazy);
    return createElement(Shown, props);
  };
  return Object.assign(Part, { ahead });
}

export interface LoadingDeps {
  readonly sleep: (ms: number) => Promise<void>;
  /** 0 to 1. */
  readonly random: () => number;
  /** Whether the server answers at all. */
  readonly isServerThere: () => Promise<boolean>;
}

/**
 * @throws What `load` threw, once the server has answered and the part still cannot be loaded (a newer version has replaced it),
 * or after some ten minutes.
 */
export async function loadPatiently<Part>(load: () => Promise<Part>, deps: LoadingDeps): Promise<Part> {
  let wasThere = false;
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await load();
    } catch (error) {
      if (wasThere || attempt === MOST_ATTEMPTS) throw error;
      await deps.sleep(Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** attempt) * (0.5 + deps.random() / 2));
      wasThere = await deps.isServerThere();
    }
  }
}

const browser: LoadingDeps = {
  sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
  random: Math.random,
  isServerThere: () =>
    fetch('/', { method: 'HEAD' }).then(
      () => true,
      () => false,
    ),
};

/** For what is no part of a page but needed by one. */
export function loadFromServer<Loaded>(load: () => Promise<Loaded>): Promise<Loaded> {
  return loadPatiently(load, browser);
}
