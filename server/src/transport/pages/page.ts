import { sprite, type Drawing } from './drawings.ts'
import { escapeHtml } from './html.ts'
import type { Styles } from './styles.ts'

export type PageParts = {
  title: string
  description: string
  styles: Styles
  drawings: readonly Drawing[]
  /** The address that search engines should know it by. */
  canonical?: string | undefined
  body: string
}

/** A whole page: real HTML, without any script, and with its looks in one stylesheet. */
export function page({ title, description, styles, drawings, canonical, body }: PageParts): string {
  return `<!doctype html>
<html lang="en" dir="ltr">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover">
<title>${escapeHtml(title)} · Connectly</title>
<meta name="description" content="${escapeHtml(description)}">
<meta name="theme-color" content="#ebe3f7" media="(prefers-color-scheme: light)">
<meta name="theme-color" content="#110e18" media="(prefers-color-scheme: dark)">
<meta name="color-scheme" content="light dark">
${canonical ? `<link rel="canonical" href="${escapeHtml(canonical)}">\n` : ''}<link rel="icon" href="/favicon.svg" type="image/svg+xml">
${styles.font ? `<link rel="preload" href="${escapeHtml(styles.font)}" as="font" type="font/woff2" crossorigin>\n` : ''}<link rel="stylesheet" href="${escapeHtml(styles.path)}">
</head>
<body>
${sprite('av-mark', ...drawings)}
${body}
</body>
</html>
`
}

/** The way home, as every page begins. */
export const brand =
  '<a class="brand" href="/"><svg class="brand__mark" aria-hidden="true"><use href="#av-mark"/></svg>Connectly</a>'
