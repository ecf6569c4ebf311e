/** Packages as a browser gets them: one minified module each. */
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { rolldown } from 'rolldown';

const SYSTEM = fileURLToPath(new URL('..', import.meta.url));

export interface Bundle {
  readonly code: string;
  /** As a server would send it: zlib level 9. */
  readonly gzipBytes: number;
}

/**
 * Bundles what an import of `entry` from this workspace loads: a package's entry in its built form, or a file here. Modules of `served`
 * stay outside; the bundle imports them from the address that stands there. Any warning fails it.
 */
export async function bundle(entry: string, served: Readonly<Record<string, string>> = {}): Promise<Bundle> {
  const build = await rolldown({
    input: entry,
    cwd: SYSTEM,
    platform: 'browser',
    external: Object.keys(served),
    onLog(level, { message }) {
      throw new Error(`${entry}: ${level}: ${message}`);
    },
  });
  try {
    const { output } = await build.generate({ format: 'esm', minify: true, paths: { ...served } });
    const [{ code }] = output;
    if (output.length > 1) throw new Error(`${entry} became ${output.length} files`);
    return { code, gzipBytes: gzipSync(code, { level: 9 }).length };
  } finally {
    await build.close();
  }
}
