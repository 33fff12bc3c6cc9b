import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';
import { budget } from './scripts/budget.ts';

const FIRST_LOAD = 200_000;
const DEMO = '<meta name="demo" content="false">';
const API = 'http://127.0.0.1:8000';

/** Say that it is the demo, as the server does: `npm run dev` asks the one that `make run` serves. */
const demo: Plugin = {
  name: 'demo',
  apply: 'serve',
  transformIndexHtml: (html) => html.replace(DEMO, DEMO.replace('false', 'true')),
};

export default defineConfig({
  publicDir: 'made', // what the server trusts goes beside the pages
  plugins: [react(), demo, budget('index', FIRST_LOAD)],
  build: {
    target: 'es2022',
    assetsInlineLimit: 0, // the policy lets pages load files of ours only
    modulePreload: { polyfill: false },
    license: { fileName: 'licences.md' },
    chunkSizeWarningLimit: 5_000, // the explorer's editor
    rolldownOptions: { input: { index: 'index.html', graphiql: 'graphiql.html' } },
  },
  worker: { format: 'es' },
  optimizeDeps: { entries: 'index.html' }, // of the explorer, which is served as it was built, workers cannot be
  server: {
    proxy: {
      '/graphql': { target: API, ws: true },
      '/demo': API,
    },
  },
});
