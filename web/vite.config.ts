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

/*
 * Small parts that the first screen shares with later ones: as files of their own they weigh more than they hold. The first
 * two groups are on the sign-in page too, the last on the chat alone.
 */
const named = (parts: string) => parts.replaceAll(/\s+/g, '|')
/** What is said of accounts, only on pages that few screens lead to: it goes with those. */
const rare = 'admins emails factors guests moderation mydata providers registration'
const base = new RegExp(
  `/node_modules/(?:${named('react react-dom scheduler wouter regexparam use-sync-external-store')})/|/protocol/src/(?!(?:${named(rare)})[.])|` +
    `/web/src/(?:texts/en|features/accounts/errors|kernel/(?:${named('ErrorBoundary ask-error http i18n late local-id prefs router session use-page-title watched')})|` +
    `shell/(?:${named('Awaited ErrorScreen NotFoundScreen OfflineScreen PageState Toaster')}))[.]tsx?$`,
)
const looks = new RegExp(
  `/lucide-react/dist/esm/(?:(?!icons/)|icons/(?:${named('check circle-alert circle-exclamation-point eye eye-off info rotate-cw wifi-off x')})[.])|` +
    `/web/src/ui/(?:${named('Avatar Banner Bubble Button Icon IconButton Mark RichText Spinner VisuallyHidden classes emoji links tint useSecondsUntil')})[.]tsx?$`,
)
const chat = new RegExp(
  `/web/src/(?:ui/(?:${named('Markdown SearchBox markdown markdown-text')})|` +
    `shell/(?:${named('Bars ConnectionBanner LineBanner Pane')})|pages/paths|` +
    `kernel/(?:${named('client connection outbox replica signals slice tabs use-client')})|` +
    `features/(?:(?:${named('blocks marks presence')})/[\\w-]+|accounts/(?:${named('accounts open-profile use-people')})|` +
    `rooms/(?:${named('Dots Face StatusLine Tick line line-after listing preview room-chrome rooms status')})|` +
    `messages/(?:${named('MessageBubble Quote Tick Words icons messages plain-text room-view status')})))[.]tsx?$`,
)
const shared = (name: string, test: RegExp) => ({ name, test })

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
      // What the wire is described with: a definition that the client does not name is left out. Whatever else is called by
      // one of these names is left out too where nothing comes of it: `src/kernel/pure-names.test.ts` sees to it.
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
          'steppedUp',
          'administrators',
        ],
      },
      output: {
        codeSplitting: {
          groups: [
            shared('base', base),
            shared('looks', looks),
            shared('note', /theme\/note[.]css$/),
            shared('chat', chat),
          ],
        },
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
