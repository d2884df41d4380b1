import { LinkifyIt } from 'linkify-it'
import { memo, type ReactNode } from 'react'

/** http, https and mailto only. An address without a scheme becomes https. */
const links = new LinkifyIt({ fuzzyEmail: true, fuzzyLink: true }).add('ftp:', null).add('//', null)

/** What a person wrote, to the letter, with its addresses as links. Nothing else in it means anything. */
export const RichText = memo(function RichText({ text }: { text: string }) {
  const found = links.match(text)
  if (!found) return text
  const parts: ReactNode[] = []
  let end = 0
  for (const { index, lastIndex, text: shown, url, schema } of found) {
    const href = schema === '' ? url.replace(/^http:/, 'https:') : url
    parts.push(text.slice(end, index))
    parts.push(
      <a key={index} href={href} target="_blank" rel="noopener noreferrer nofollow ugc">
        {shown}
      </a>,
    )
    end = lastIndex
  }
  parts.push(text.slice(end))
  return parts
})
