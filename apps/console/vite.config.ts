import react from '@vitejs/plugin-react';
import path from 'node:path';
import { defineConfig } from 'vite';

const libs = path.resolve(import.meta.dirname, '../../libs');

export default defineConfig({
  root: import.meta.dirname,
  plugins: [react()],
  resolve: {
    alias: { '#api-client': `${libs}/api-client/src/index.ts`, '#contracts': `${libs}/contracts/src/index.ts` },
  },
  build: {
    outDir: '../../dist/console',
    emptyOutDir: true,
    chunkSizeWarningLimit: 500,
    rollupOptions: {
      output: {
        codeSplitting: {
          // The chart and the flags are chunks by themselves, loaded when they are shown: as a group, the charts would
          // take in what the rest shares with them, and be loaded at the start.
          groups: [
            { name: 'phone', test: /node_modules\/libphonenumber-js/ },
            { name: 'mui', test: /node_modules\/(@mui\/(?!x-)|@emotion\/)/ },
            { name: 'admin', test: /node_modules\/(react-admin|ra-|react-hook-form|@tanstack|react-router|lodash)/ },
            { name: 'react', test: /node_modules\/(react|react-dom|scheduler)\// },
          ],
        },
      },
    },
  },
  server: { proxy: { '/api': 'http://127.0.0.1:3000' } },
});
