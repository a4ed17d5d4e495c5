import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

export default defineConfig({
  root: 'src/portal',
  plugins: [react()],
  // One warning per source file of Fluent about "use client", which means nothing without a server.
  logLevel: 'error',
  build: {
    outDir: process.env['PORTAL_OUT'] ?? '../../dist/portal',
    emptyOutDir: true,
    // What a page loads is measured by it (test/portal-build.test.ts).
    manifest: true,
    target: 'es2023',
    // The policy of the portal's host allows no data: script, and a preload script would be inline.
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    rolldownOptions: {
      output: {
        assetFileNames: 'assets/[name]-[hash][extname]',
        chunkFileNames: 'assets/[name]-[hash].js',
        entryFileNames: 'assets/[name]-[hash].js',
      },
    },
  },
})
