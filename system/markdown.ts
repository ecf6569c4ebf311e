/** Fenced snippets of a Markdown document. */
import { readFile } from 'node:fs/promises';

export interface Snippet {
  /** What stands after the fence: `sh`, `js`, `json`; empty without. */
  readonly language: string;
  /** Without the newline at its end. */
  readonly text: string;
  /** Of the fence, counted from 1. */
  readonly line: number;
}

export async function readSnippets(path: string): Promise<readonly Snippet[]> {
  const text = await readFile(path, 'utf8');
  return [...text.matchAll(/^```(\w*)\n(.*?)\n```$/gms)].map((match) => ({
    language: match[1] ?? '',
    text: match[2] ?? '',
    line: text.slice(0, match.index).split('\n').length,
  }));
}

/** Targets of links and pictures that are files beside the document, without their fragments. */
export async function readFileLinks(path: string): Promise<readonly string[]> {
  const text = await readFile(path, 'utf8');
  const targets = [...text.matchAll(/\]\(([^)\s]+)\)/g)].map((match) => (match[1] ?? '').replace(/#.*$/, ''));
  return targets.filter((target) => target !== '' && !/^[a-z]+:/.test(target));
}
