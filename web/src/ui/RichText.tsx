import { memo, type ReactNode } from 'react'
import { findLinks } from './links.ts'

/** What a person wrote, to the letter, with its addresses as links. Nothing else in it means anything. */
export const RichText = memo(function RichText({ text }: { text: string }) {
  const parts: ReactNode[] = []
  let end = 0
  for (const { start, end: linkEnd, href } of findLinks(text)) {
    parts.push(
      text.slice(end, start),
      <OutLink key={start} href={href}>
        {text.slice(start, linkEnd)}
      </OutLink>,
    )
    end = linkEnd
  }
  return parts.length === 0 ? text : [...parts, text.slice(end)]
})

/** A link that leaves: in a tab of its own, telling nothing of where it was. */
export function OutLink({ href, children }: { href: string; children: ReactNode }) {
  return (
    <a href={href} target="_blank" rel="noopener noreferrer nofollow ugc">
      {children}
    </a>
  )
}
