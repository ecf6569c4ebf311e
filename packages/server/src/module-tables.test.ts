/** Each table is written by one module, which says so at the top of its entry. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const MODULES = fileURLToPath(new URL('./modules', import.meta.url));
const MIGRATIONS = fileURLToPath(new URL('../migrations', import.meta.url));

const BUS = '0002_bus.sql';

const WRITES =
  /\b(?:insert\s+into|update|delete\s+from|truncate(?:\s+table)?|lock\s+table|merge\s+into)\s+(?:only\s+)?"?([a-z_]+)"?/gi;
/** What stands after `update` without being a table: locking clauses and upserts. */
const NO_TABLE = new Set(['of', 'set', 'skip', 'nowait']);

const modules = readdirSync(MODULES, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);

function sourcesOf(module: string): readonly { readonly file: string; readonly text: string }[] {
  return readdirSync(join(MODULES, module), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
    .map((file) => ({ file: `${module}/${file}`, text: readFileSync(join(MODULES, module, file), 'utf8') }));
}

/** SQL is only in template literals tagged `sql`; comments may say "update" too. */
function statementsIn(text: string): readonly string[] {
  return [...text.matchAll(/sql(?:<[^`]*?>)?`([^`]*)`/g)].map(([, statement]) => statement ?? '');
}

/** The tables that a text of TypeScript writes; PostgreSQL's own are not ours. */
function writtenIn(text: string): readonly string[] {
  return statementsIn(text)
    .flatMap((statement) => [...statement.matchAll(WRITES)].map(([, table]) => (table ?? '').toLowerCase()))
    .filter((table) => !NO_TABLE.has(table) && !table.startsWith('pg_'));
}

/** The tables that a module hands to a library which writes them: it names them instead of writing SQL. */
function handedOverIn(text: string): readonly string[] {
  return [...text.matchAll(/\b(?:modelName|tableName): '([a-z_]+)'/g)].map(([, table]) => table ?? '');
}

function writtenBy(module: string): ReadonlySet<string> {
  return new Set(sourcesOf(module).flatMap(({ text }) => [...writtenIn(text), ...handedOverIn(text)]));
}

/** The tables that the header of a module's entry lists. */
function listedBy(module: string): readonly string[] {
  const header = /^\/\*\*([\s\S]*?)\*\//.exec(readFileSync(join(MODULES, module, 'index.ts'), 'utf8'))?.[1] ?? '';
  const line = /Tables:([\s\S]*?)\n \* [A-Z][a-z]+:/.exec(header)?.[1] ?? '';
  // After a semicolon the header may explain itself.
  const [list = ''] = line.split(/[;.]/);
  return list
    .split(',')
    .map((name) => name.replaceAll(/[\s*]/g, ''))
    .filter((name) => name !== '' && name !== 'none');
}

function tablesOf(migration: string): readonly string[] {
  const text = readFileSync(join(MIGRATIONS, migration), 'utf8');
  return [...text.matchAll(/^create (?:unlogged )?table (?:if not exists )?([a-z_]+)/gim)].map(
    ([, table]) => table ?? '',
  );
}

describe('the tables of the modules', () => {
  const written = new Map(modules.map((module) => [module, writtenBy(module)]));
  const content = readdirSync(MIGRATIONS)
    .filter((name) => name !== BUS)
    .flatMap(tablesOf);

  it('are found: this test reads what it means to read', () => {
    expect(modules.length).toBeGreaterThanOrEqual(8);
    expect(content.length).toBeGreaterThanOrEqual(15);
    expect([...(written.get('changes') ?? [])].sort()).toEqual([
      'candidate_entities',
      'candidates',
      'changes',
      'entity_versions',
      'idempotency_records',
      'revision_counters',
      'revisions',
    ]);
    expect(written.get('identity')?.has('setup_secrets')).toBe(true);
    expect(written.get('identity')?.has('credentials')).toBe(true);
    expect(listedBy('audit')).toEqual(['audit_chains', 'audit_entries']);
  });

  it.each(modules)('that %s writes are exactly those it lists', (module) => {
    expect([...(written.get(module) ?? [])].sort()).toEqual([...listedBy(module)].sort());
  });

  it.each(content)('%s is listed and written by exactly one module', (table) => {
    expect(modules.filter((module) => listedBy(module).includes(table))).toHaveLength(1);
    expect(modules.filter((module) => written.get(module)?.has(table))).toHaveLength(1);
  });

  it('are all tables of the content, and none of the bus', () => {
    const all = modules.flatMap((module) => [...(written.get(module) ?? [])]);
    expect(all.filter((table) => !content.includes(table))).toEqual([]);
    expect(tablesOf(BUS).filter((table) => all.includes(table))).toEqual([]);
  });

  it('hold every file with SQL: nothing outside of modules and platform writes a table', () => {
    const outside = readdirSync(join(MODULES, '..'), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts') && !/(?:\.test\.ts$|^modules\/|^test-support\/)/.test(file))
      .filter((file) => writtenIn(readFileSync(join(MODULES, '..', file), 'utf8')).length > 0);
    expect(outside).toEqual(['platform/migrations.ts']);
  });
});
