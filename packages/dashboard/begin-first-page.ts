/**
 * Where nearly everybody arrives is the flag list: its scripts are one file, and the document names all that it needs, so that
 * the browser asks for everything at once instead of finding one import behind the other.
 */
import type { Plugin } from 'vite';

const FIRST_PAGE = [/\/src\/app\/main\.tsx$/, /\/src\/app\/app-shell\.tsx$/, /\/src\/routes\/flag-list\.tsx$/];
/** What that page loads once it is drawn: the modules that these import when they are needed. */
const LATE = [/\/src\/app\/late-parts\.tsx$/, /\/src\/modules\/flag-list\/late-parts\.tsx$/];
/** Of the fonts the one that every page shows. */
const FONT = /inter-latin-wght-normal/;

interface Graph {
  readonly getModuleInfo: (
    id: string,
  ) => { readonly importedIds: readonly string[]; readonly dynamicallyImportedIds: readonly string[] } | null;
  readonly getModuleIds: () => Iterable<string>;
}

let first: ReadonlySet<string> = new Set();
let late: ReadonlySet<string> = new Set();

/** Whether the first page needs a module before it can be shown. */
export function isOfFirstPage(id: string): boolean {
  return first.has(id);
}

/** Whether the first page loads a module when it is drawn. */
export function isLate(id: string): boolean {
  return late.has(id);
}

export function beginFirstPage(): Plugin {
  return {
    name: 'begin-first-page',
    apply: 'build',
    buildEnd() {
      first = reachedFrom(this, FIRST_PAGE, (id) => [id]);
      late = reachedFrom(this, LATE, (id) => this.getModuleInfo(id)?.dynamicallyImportedIds ?? []);
    },
    transformIndexHtml: {
      order: 'post',
      handler(html, { bundle = {} }) {
        const files = Object.values(bundle);
        const named = new Set(html.match(/assets\/[\w.-]+/g) ?? []);
        const scripts = files.filter(
          (file) =>
            file.type === 'chunk' &&
            !named.has(file.fileName) &&
            FIRST_PAGE.some((page) => [...file.moduleIds, file.facadeModuleId ?? ''].some((id) => page.test(id))),
        );
        const font = files.find(({ fileName }) => FONT.test(fileName));
        if (font === undefined) throw new Error(`No asset is ${FONT.source}: which font do pages show now?`);
        return [
          ...scripts.map(({ fileName }) => link({ rel: 'modulepreload', href: `/${fileName}` })),
          link({ rel: 'preload', as: 'font', type: 'font/woff2', href: `/${font.fileName}` }),
        ];
      },
    },
  };
}

function link(attrs: Readonly<Record<string, string>>) {
  return { tag: 'link', attrs: { ...attrs, crossorigin: true }, injectTo: 'head' as const };
}

/** What is imported to be there, not what is loaded when it is first needed. */
function reachedFrom(
  graph: Graph,
  names: readonly RegExp[],
  starts: (id: string) => readonly string[],
): ReadonlySet<string> {
  const found = new Set([...graph.getModuleIds()].filter((id) => names.some((name) => name.test(id))).flatMap(starts));
  for (const id of found) for (const imported of graph.getModuleInfo(id)?.importedIds ?? []) found.add(imported);
  return found;
}
