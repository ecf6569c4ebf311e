/** An evaluation context as a form: one row an attribute. */
export type RowType = 'text' | 'number' | 'boolean' | 'json';

export interface ContextRow {
  /** Dotted path. */
  readonly path: string;
  readonly type: RowType;
  readonly text: string;
}

export type Context = Record<string, unknown>;

export type ReadContext =
  | { readonly ok: true; readonly context: Context }
  | { readonly ok: false; readonly problem: string };

/** Rows without a name or a value say nothing. */
export function readRows(rows: readonly ContextRow[]): ReadContext {
  const context: Context = {};
  for (const { path, type, text } of rows) {
    if (path === '' || (text === '' && type !== 'text')) continue;
    if (text === '') continue;
    const value = readText(type, text);
    if (value === undefined) return { ok: false, problem: `${path} is no ${WANTED[type]}.` };
    place(context, path.split('.'), value);
  }
  return { ok: true, context };
}

const WANTED: { readonly [type in RowType]: string } = {
  text: 'text',
  number: 'number',
  boolean: 'true or false',
  json: 'JSON',
};

function readText(type: RowType, text: string): unknown {
  switch (type) {
    case 'text':
      return text;
    case 'number':
      return Number.isFinite(Number(text)) ? Number(text) : undefined;
    case 'boolean':
      return text === 'true' ? true : text === 'false' ? false : undefined;
    case 'json':
      try {
        return JSON.parse(text);
      } catch {
        return undefined;
      }
  }
}

function place(target: Context, [first = '', ...rest]: readonly string[], value: unknown): void {
  if (rest.length === 0) {
    define(target, first, value);
    return;
  }
  const inner = Object.hasOwn(target, first) ? target[first] : undefined;
  const object: Context =
    typeof inner === 'object' && inner !== null && !Array.isArray(inner) ? (inner as Context) : {};
  define(target, first, object);
  place(object, rest, value);
}

/** A name such as `__proto__` is a name here. */
function define(target: Context, name: string, value: unknown): void {
  Object.defineProperty(target, name, { value, enumerable: true, configurable: true, writable: true });
}

export function readJson(text: string): ReadContext {
  try {
    const parsed: unknown = text.trim() === '' ? {} : JSON.parse(text);
    if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed))
      return { ok: true, context: parsed as Context };
    return { ok: false, problem: 'A context is a JSON object, such as {"targetingKey": "ada"}.' };
  } catch (error) {
    return { ok: false, problem: `This is no JSON: ${error instanceof Error ? error.message : String(error)}` };
  }
}

/** Objects become dotted paths; lists stay JSON. */
export function rowsOf(context: Context, parent = ''): readonly ContextRow[] {
  return Object.entries(context).flatMap(([name, value]): readonly ContextRow[] => {
    const path = parent === '' ? name : `${parent}.${name}`;
    if (typeof value === 'string') return [{ path, type: 'text', text: value }];
    if (typeof value === 'number' || typeof value === 'boolean')
      return [{ path, type: typeof value, text: String(value) } as ContextRow];
    const isObject =
      typeof value === 'object' && value !== null && !Array.isArray(value) && Object.keys(value).length > 0;
    if (isObject && !name.includes('.')) return rowsOf(value as Context, path);
    return [{ path, type: 'json', text: JSON.stringify(value) }];
  });
}

/** Rows for attributes that the rules ask for and the form does not have yet, of the type they are compared as. */
export function withAsked(
  rows: readonly ContextRow[],
  asked: readonly string[],
  types: ReadonlyMap<string, RowType> = new Map(),
): readonly ContextRow[] {
  const wanted = ['targetingKey', ...asked].filter((path) => !path.startsWith('$'));
  const absent = [...new Set(wanted)].filter((path) => !rows.some((row) => row.path === path));
  return [...rows, ...absent.map((path): ContextRow => ({ path, type: types.get(path) ?? 'text', text: '' }))];
}
