import { fileURLToPath } from 'node:url'
import tailwindcss from '@tailwindcss/vite'
import react from '@vitejs/plugin-react'
import { defineConfig, type Plugin } from 'vite'

const backend = 'http://localhost:3000'

/** The sentences that say what each part of the wire means are for documents; the browser need not load them. */
const withoutMeanings: Plugin = {
  name: 'without-meanings',
  enforce: 'pre',
  transform: {
    filter: { id: /\/protocol\/src\/\w+\.ts$/ },
    handler: (code) => ({ code: code.replace(/\bmeans:\s*'(?:[^'\\\n]|\\.)*'/g, "means: ''"), map: null }),
  },
}

export default defineConfig({
  // Tailwind's own optimizer aims at older browsers than ours; Vite minifies the result anyway.
  plugins: [withoutMeanings, react(), tailwindcss({ optimize: false })],
  // The browser checks nothing that comes over the wire, so it need not carry what checks are made of.
  resolve: { alias: { 'zod/mini': fileURLToPath(new URL('src/kernel/no-zod.ts', import.meta.url)) } },
  build: {
    // The first browsers with light-dark(), which the theme's tokens stand on; older targets rewrite every token.
    target: ['chrome123', 'edge123', 'firefox121', 'safari17.5'],
    outDir: 'dist',
    emptyOutDir: true,
    assetsDir: 'assets',
    // No data: URLs; every asset has its own hashed address, which the content policy and the cache can name.
    assetsInlineLimit: 0,
    sourcemap: false,
    manifest: true,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    chunkSizeWarningLimit: 400,
    rolldownOptions: {
      // What the wire is described with: a definition that the client does not name is left out.
      treeshake: {
        manualPureFunctions: [
          'z',
          'defineMethod',
          'defineEvent',
          'defineSignal',
          'member',
          'can',
          'own',
          'only',
          'anyone',
          'signedIn',
        ],
      },
      output: {
        entryFileNames: 'assets/[name]-[hash].js',
        chunkFileNames: 'assets/[name]-[hash].js',
        assetFileNames: 'assets/[name]-[hash][extname]',
      },
    },
  },
  server: {
    proxy: { '/api': backend, '/files': backend, '/socket.io': { target: backend, ws: true } },
  },
})
