import tailwind from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { beginFirstPage, FIRST_FILES, isIn } from './begin-first-page.ts';
import { compressAssets } from './compress-assets.ts';

/** The server behind `npm run dashboard`. */
const SERVER = `http://127.0.0.1:${process.env['FLAGHOIST_PORT'] ?? '4242'}`;

export default defineConfig({
  plugins: [react(), tailwind(), beginFirstPage(), compressAssets()],
  server: { host: '127.0.0.1', proxy: { '/api': SERVER, '/openapi.json': SERVER } },
  build: {
    outDir: 'dist',
    target: ['chrome123', 'firefox128', 'safari17.5'],
    // Everything is a file of its own: the policy allows no script, font or style out of a document.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    rolldownOptions: {
      output: {
        codeSplitting: {
          groups: [
            { name: 'react', test: /node_modules\/(?:react|react-dom|scheduler)\//, priority: 3 },
            {
              name: 'routing',
              test: /node_modules\/@tanstack\/(?:react-router|router-core|history|store|react-store|query-core|react-query)\//,
              priority: 3,
            },
            {
              name: 'editor',
              test: /node_modules\/(?:@codemirror|@lezer|@marijn|crelt|style-mod|w3c-keyname)\//,
              priority: 3,
            },
            ...FIRST_FILES.map((name) => ({ name, test: isIn(name), priority: 2 })),
          ],
        },
      },
    },
  },
});
