import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { budget } from './scripts/budget.ts';

const FIRST_LOAD = 200_000;
const API = 'http://127.0.0.1:8000';

export default defineConfig({
  plugins: [react(), budget('index', FIRST_LOAD)],
  build: {
    target: 'es2022',
    assetsInlineLimit: 0, // the policy lets pages load files of ours only
    modulePreload: { polyfill: false },
    license: { fileName: 'licences.md' },
    chunkSizeWarningLimit: 5_000, // the explorer's editor
    rolldownOptions: { input: { index: 'index.html', graphiql: 'graphiql.html' } },
  },
  worker: { format: 'es' },
  server: {
    proxy: {
      '/graphql': { target: API, ws: true },
      '/demo': API,
    },
  },
});
