import { Suspense } from 'react';
import type { JsonEditorProps } from './json-editor-props.ts';
import { lazyPart } from './lazy-part.ts';
import { Skeleton } from './skeleton.tsx';

const Editor = lazyPart(() => import('./json-editor-view.tsx').then(({ JsonEditorView }) => JsonEditorView));

export type { JsonEditorProps } from './json-editor-props.ts';

/** Edits JSON with colours, closing of brackets and marks at what does not parse. It takes any text: parse it before it is sent. */
export function JsonEditor(props: JsonEditorProps) {
  const height = (props.rows ?? 5) * 20 + 14;
  return (
    <Suspense
      fallback={
        <div style={{ height }} className="control p-3" aria-busy="true">
          <Skeleton className="h-3.5 w-32" />
        </div>
      }
    >
      <Editor {...props} />
    </Suspense>
  );
}

/** What keeps a text from being JSON, with its line; null when it is. */
export function jsonProblem(text: string): string | null {
  try {
    JSON.parse(text);
    return null;
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return `This is no JSON: ${message}`;
  }
}
