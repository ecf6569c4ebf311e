/**
 * Where nearly everybody arrives is the flag list or a flag. What each needs before it can be shown is one file, what both need another,
 * and the document asks for what every page needs at once, instead of the browser finding one import behind the other. The page's own
 * file is asked for by `src/app/early.ts`, the first script that runs.
 */
import type { Plugin } from 'vite';

const EARLY = [/\/src\/app\/early\.ts$/];
const SHELL = [/\/src\/app\/main\.tsx$/, /\/src\/app\/app-shell\.tsx$/];
const LIST = [/\/src\/routes\/flag-list\.tsx$/];
const FLAG = [/\/src\/routes\/flag\.tsx$/];
/** What those pages load once they are drawn: the modules that these import when they are needed. */
const LATE = [
  /\/src\/app\/late-parts\.tsx$/,
  /\/src\/modules\/flag-list\/late-parts\.tsx$/,
  /\/src\/ui\/(?:tooltip|shortcuts)\.tsx$/,
];
const LIST_PART = /\/src\/modules\/flag-list\//;
/** Of the fonts the one that every page shows. */
const FONT = /inter-latin-wght-normal/;

/** Other pages stand on these too: they must not bring a page that nobody is on. */
const KIT = /\/src\/(?:ui|api)\/|\/node_modules\/(?:lucide-react|@base-ui|@floating-ui)\//;
const EVALUATOR = /\/evaluator\//;
const ROWS = /\/node_modules\/@tanstack\/(?:react-virtual|virtual-core)\//;

/** The file that a module belongs into; a file takes what its modules import along, unless one before it has it. */
export const FIRST_FILES = [
  'early',
  'evaluator',
  'rows',
  'first-page',
  'flag-list',
  'flag',
  'controls',
  'list-controls',
] as const;
export type FirstFile = (typeof FIRST_FILES)[number];

interface Graph {
  readonly getModuleInfo: (
    id: string,
  ) => { readonly importedIds: readonly string[]; readonly dynamicallyImportedIds: readonly string[] } | null;
  readonly getModuleIds: () => Iterable<string>;
}

let places: ReadonlyMap<string, FirstFile> = new Map();

export function isIn(file: FirstFile): (id: string) => boolean {
  return (id) => places.get(id) === file;
}

export function beginFirstPage(): Plugin {
  return {
    name: 'begin-first-page',
    apply: 'build',
    buildEnd() {
      places = placesOf(this);
    },
    transformIndexHtml: {
      order: 'post',
      handler(html, { bundle = {} }) {
        const files = Object.values(bundle);
        const chunkOf = (pages: readonly RegExp[]): string => {
          const found = files.find(
            (file) => file.type === 'chunk' && file.moduleIds.some((id) => pages.some((page) => page.test(id))),
          );
          if (found === undefined) throw new Error(`No script holds ${String(pages)}: what do pages begin with now?`);
          return found.fileName;
        };
        const shell = chunkOf([/\/src\/app\/app-shell\.tsx$/]);
        const font = files.find(({ fileName }) => FONT.test(fileName));
        if (font === undefined) throw new Error(`No asset is ${FONT.source}: which font do pages show now?`);
        return [
          {
            tag: 'script',
            attrs: { type: 'module', crossorigin: true, async: true, src: `/${chunkOf(EARLY)}` },
            injectTo: 'head-prepend' as const,
          },
          ...(html.includes(shell) ? [] : [link({ rel: 'modulepreload', href: `/${shell}` })]),
          link({ rel: 'preload', as: 'font', type: 'font/woff2', href: `/${font.fileName}` }),
        ];
      },
    },
  };
}

function link(attrs: Readonly<Record<string, string>>) {
  return { tag: 'link', attrs: { ...attrs, crossorigin: true }, injectTo: 'head' as const };
}

function placesOf(graph: Graph): ReadonlyMap<string, FirstFile> {
  const here = (id: string): readonly string[] => [id];
  const early = reachedFrom(graph, EARLY, here);
  const shell = reachedFrom(graph, SHELL, here);
  const list = reachedFrom(graph, LIST, here);
  const flag = reachedFrom(graph, FLAG, here);
  const late = reachedFrom(graph, LATE, (id) => graph.getModuleInfo(id)?.dynamicallyImportedIds ?? []);
  const place = (id: string): FirstFile => {
    if (early.has(id)) return 'early';
    const [isOfList, isOfFlag] = [list.has(id), flag.has(id)];
    if (shell.has(id) || (isOfList && isOfFlag)) return 'first-page';
    if (!isOfList && !isOfFlag) return LIST_PART.test(id) ? 'list-controls' : 'controls';
    if (KIT.test(id)) return 'first-page';
    if (EVALUATOR.test(id)) return 'evaluator';
    if (ROWS.test(id)) return 'rows';
    return isOfList ? 'flag-list' : 'flag';
  };
  return new Map([...early, ...shell, ...list, ...flag, ...late].map((id) => [id, place(id)]));
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
