import { LinkifyIt } from 'linkify-it'

/** http, https and mailto only. An address without a scheme becomes https. */
const linkify = new LinkifyIt({ fuzzyEmail: true, fuzzyLink: true }).add('ftp:', null).add('//', null)

/** A stretch of a text that is an address. */
export type FoundLink = { start: number; end: number; href: string }

/** The addresses that stand in a text as they are. */
export function findLinks(text: string): FoundLink[] {
  return (linkify.match(text) ?? []).map(({ index, lastIndex, url, schema }) => ({
    start: index,
    end: lastIndex,
    href: schema === '' ? url.replace(/^http:/, 'https:') : url,
  }))
}

/** Where an address leads that somebody gave a name of their own; `null` for every scheme but http, https and mailto. */
export function safeHref(address: string): string | null {
  return /^(?:https?:\/\/|mailto:)[^\s]/i.test(address) && URL.canParse(address) ? address : null
}
