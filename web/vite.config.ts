import tailwindcss from '@tailwindcss/vite'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

const backend = 'http://localhost:3000'

export default defineConfig({
  // Tailwind's own optimizer aims at older browsers than ours; Vite minifies the result anyway.
  plugins: [react(), tailwindcss({ optimize: false })],
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
