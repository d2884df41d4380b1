import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { TERMS_VERSION } from '@connectly/protocol'
import { escapeHtml } from './html.ts'
import { asMarkdown, renderMarkdown, type Rendered } from './markdown.ts'
import { contactLink, type Operator } from './operator.ts'
import { brand, page } from './page.ts'
import type { Styles } from './styles.ts'

/** The texts that anybody may read, by the path they are at. */
export const legalPaths = ['/privacy', '/terms', '/notices', '/security-policy'] as const
export type LegalPath = (typeof legalPaths)[number]

type Words = { name: string; description: string }

const words: Record<LegalPath, Words> = {
  '/privacy': {
    name: 'Privacy',
    description: 'What this Connectly server knows about you, why, how long, and how to make it forget.',
  },
  '/terms': {
    name: 'Terms',
    description: 'What you may expect from this Connectly server, and what it expects from you.',
  },
  '/notices': {
    name: 'Notices',
    description: 'The software of others that Connectly stands on, whose it is, and under which licences.',
  },
  '/security-policy': {
    name: 'Reporting a hole',
    description: 'How to report a security hole on this Connectly server, and what to expect.',
  },
}

export type LegalPages = (path: LegalPath, styles: Styles) => string

/** Makes the legal pages, each text rendered once. */
export function createLegalPages(operator: Operator, origin: string | null): LegalPages {
  const rendered = new Map<LegalPath, Rendered>()
  const textAt = (path: LegalPath): Rendered => {
    const known = rendered.get(path) ?? renderMarkdown(sourceOf(path, operator))
    rendered.set(path, known)
    return known
  }
  return (path, styles) => {
    const text = textAt(path)
    const { name, description } = words[path]
    const canonical = origin ? `${origin}${path}` : undefined
    const body = documentOf(path, text)
    return page({ title: text.title || name, description, styles, drawings: ['i-chevron', 'i-check'], canonical, body })
  }
}

function documentOf(path: LegalPath, { html, headings }: Rendered): string {
  const link = (to: LegalPath) => `<a href="${to}"${to === path ? ' aria-current="page"' : ''}>${words[to].name}</a>`
  const contents = headings.filter(({ id }) => id !== 'in-short')
  return `<div class="doc"><header class="doc__top">${brand}<nav aria-label="Legal">${link('/privacy')}${link('/terms')}<a href="/sign-in">Sign in</a></nav></header>
<div class="doc__g"><nav class="toc" aria-label="On this page" tabindex="0"><details><summary>On this page <svg class="i" aria-hidden="true"><use href="#i-chevron"/></svg></summary><p class="toc__g">${words[path].name}</p>${contents.map(({ id, text }) => `<a href="#${escapeHtml(id)}">${escapeHtml(text)}</a>`).join('')}</details></nav>
<main class="doc__sheet"><article class="prose">${html}</article>
<footer class="doc__foot"><p>Made with Connectly. ${path === '/notices' ? '' : '<a href="/notices">The software it stands on</a>. '}${path === '/security-policy' ? '' : '<a href="/security-policy">Report a hole</a>.'}</p></footer></main></div></div>`
}

/** The text of a page, with what this server has to say put in. */
function sourceOf(path: LegalPath, operator: Operator): string {
  switch (path) {
    case '/privacy':
      return filled(operator.privacy ?? own('privacy.md'), operator)
    case '/terms':
      return filled(operator.terms ?? own('terms.md'), operator)
    case '/security-policy':
      return filled(own('security.md'), operator)
    case '/notices':
      return own('../../../../THIRD-PARTY-NOTICES.md')
  }
}

const own = (file: string): string => readFileSync(join(import.meta.dirname, file), 'utf8')

function filled(text: string, operator: Operator): string {
  const values: Record<string, string> = {
    operator: operatorWords(operator),
    security: securityWords(operator),
    since: dayOf(TERMS_VERSION),
  }
  return text.replace(/\{\{(\w+)\}\}/g, (whole, name: string) => values[name] ?? whole)
}

/** Who runs this server, in their own particulars; or plainly that they have not said so. */
function operatorWords({ name, contact, address }: Operator): string {
  if (!name && !contact)
    return '**Whoever runs this server has not yet said who they are,** nor how to reach them. Ask whoever sent you here, and think twice about what you write until you know.'
  const who = name
    ? `This server is run by **${asMarkdown(name)}**${address ? `, ${asMarkdown(address)}` : ''}.`
    : 'Whoever runs this server has not yet said who they are.'
  const where = contact
    ? `Write to ${linkTo(contact)}.`
    : 'They have not yet said how to reach them; ask whoever sent you here.'
  return `${who} ${where}`
}

function securityWords({ contact, securityContact }: Operator): string {
  const to = securityContact ?? contact
  return to
    ? `Write to ${linkTo(to)}, in confidence.`
    : '**Whoever runs this server has not yet said how to reach them.** Ask whoever sent you here, and tell nobody else.'
}

const linkTo = (contact: string): string =>
  `[${asMarkdown(contact)}](${contactLink(contact).replaceAll('(', '%28').replaceAll(')', '%29')})`

/** `21 November 2026`, the day held to the month. */
const dayOf = (version: string): string =>
  new Date(`${version}T00:00:00Z`)
    .toLocaleDateString('en-GB', { day: 'numeric', month: 'long', year: 'numeric', timeZone: 'UTC' })
    .replace(' ', '\u00a0')
