import { settings } from '../../server/src/config.ts'
import { code, made, table } from './markdown.ts'

/** `docs/settings.md`: what the environment may say. */
export function settingsPage(): string {
  const rows = Object.entries(settings).map(([name, { doc, default: fallback, example }]) => [
    code(name),
    doc,
    fallback === null ? 'none' : code(fallback),
    code(example),
  ])
  return `${made}

# Settings

Connectly is configured by environment variables, and needs none of them: \`npm start\` runs without any. All of them are
read and checked at once before anything is opened; what does not fit ends the process with one list that names every
mistake. An empty value is the default. The same text, ready to copy, is in [.env.example](../.env.example); the process
reads the environment, not that file.

${table(['name', 'meaning', 'default', 'example'], rows)}

How a server with TLS, a reverse proxy or a service manager sets them is in [operations.md](operations.md).
`
}
