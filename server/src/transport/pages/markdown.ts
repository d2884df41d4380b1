import { escapeHtml } from './html.ts'

/** A text as a page shows it: its title, its parts as HTML, and the headings one can jump to. */
export type Rendered = { title: string; html: string; headings: { id: string; text: string }[] }

const check = '<svg class="i" aria-hidden="true"><use href="#i-check"/></svg>'

/**
 * Makes HTML of the part of Markdown that legal texts need: headings, paragraphs, lists, tables, code, bold, links to
 * web and mail addresses. Everything else, HTML included, is shown as the text it is. The first paragraph is the
 * lede, and a list under "In short" is set apart.
 */
export function renderMarkdown(source: string): Rendered {
  const rendered: Rendered = { title: '', html: '', headings: [] }
  const parts: string[] = []
  for (const block of blocksOf(source)) {
    const isLede = parts.length === 1 && rendered.title !== ''
    parts.push(renderBlock(block, rendered, isLede))
  }
  rendered.html = gathered(parts).join('\n')
  return rendered
}

/** Backslashes before whatever would mean something, so that somebody's name is shown as they write it. */
export function asMarkdown(text: string): string {
  return text.replace(/\s+/g, ' ').replace(/[\\`*[\]()|#_-]/g, '\\$&')
}

/** Paragraphs, lists, tables and headings, each as its lines. */
function blocksOf(source: string): string[][] {
  const blocks: string[][] = []
  let open: string[] | undefined
  let isCode = false
  for (const line of source.replaceAll('\r', '').split('\n')) {
    const isFence = line.startsWith('```')
    if (isCode) {
      if (isFence) isCode = false
      else open?.push(line)
      if (!isCode) open = undefined
    } else if (isFence) {
      isCode = true
      blocks.push((open = ['```']))
    } else if (/^<!--.*-->$/.test(line.trim()) || line.trim() === '') open = undefined
    else if (open && !/^#{1,3} /.test(line) && !open[0]?.startsWith('#')) open.push(line)
    else blocks.push((open = [line]))
  }
  return blocks
}

function renderBlock(lines: readonly string[], rendered: Rendered, isLede: boolean): string {
  const [first = ''] = lines
  if (first === '```') return `<pre tabindex="0"><code>${escapeHtml(lines.slice(1).join('\n'))}</code></pre>`
  const heading = /^(#{1,3}) (.+)$/.exec(first)
  if (heading) return renderHeading(heading[1]?.length ?? 1, heading[2] ?? '', rendered)
  if (/^[-*] /.test(first)) return `<ul>${items(lines, /^[-*] /)}</ul>`
  if (/^\d+\. /.test(first)) return `<ol>${items(lines, /^\d+\. /)}</ol>`
  if (first.startsWith('|') && /^\|[\s:|-]+\|$/.test(lines[1] ?? ''))
    return table(lines, rendered.headings.at(-1)?.text ?? rendered.title)
  return `<p${isLede ? ' class="lede"' : ''}>${inline(lines.join(' '))}</p>`
}

function renderHeading(level: number, text: string, rendered: Rendered): string {
  if (level === 1 && rendered.title === '') {
    rendered.title = plain(text)
    return `<h1>${inline(text)}</h1>`
  }
  if (level === 3) return `<h3>${inline(text)}</h3>`
  const slug = plain(text)
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '-')
    .replace(/^-|-$/g, '')
  const known = rendered.headings.filter(({ id }) => id === slug || id.startsWith(`${slug}-`)).length
  const id = known === 0 ? slug : `${slug}-${known + 1}`
  rendered.headings.push({ id, text: plain(text) })
  return `<h2 id="${escapeHtml(id)}">${inline(text)}</h2>`
}

/** Lines that do not begin an item go on with the one before. */
function items(lines: readonly string[], mark: RegExp): string {
  const texts: string[] = []
  for (const line of lines) {
    if (mark.test(line)) texts.push(line.replace(mark, ''))
    else texts.push(`${texts.pop() ?? ''} ${line.trim()}`)
  }
  return texts.map((text) => `<li>${inline(text)}</li>`).join('')
}

/** A table that becomes a list of cards where it is narrow: each cell knows the name of its column. */
function table(lines: readonly string[], caption: string): string {
  const cells = (line: string) =>
    line
      .replace(/^\||\|$/g, '')
      .split(/(?<!\\)\|/)
      .map((cell) => cell.trim())
  const [head = [], , ...rows] = lines.map(cells)
  const columns = head.map((cell) => `<th scope="col" role="columnheader">${inline(cell)}</th>`).join('')
  const body = rows.map(([name = '', ...rest]) => {
    const values = rest.map(
      (cell, at) =>
        `<td role="cell" data-th="${escapeHtml(plain(head[at + 1] ?? ''))}"><span>${inline(cell)}</span></td>`,
    )
    return `<tr role="row"><th scope="row" role="rowheader">${inline(name)}</th>${values.join('')}</tr>`
  })
  return `<table role="table"><caption class="sr">${escapeHtml(caption)}</caption><thead role="rowgroup"><tr role="row">${columns}</tr></thead><tbody role="rowgroup">${body.join('')}</tbody></table>`
}

/** "In short" and its list as one part, each point with a tick. */
function gathered(parts: readonly string[]): string[] {
  const at = parts.findIndex((part) => part === '<h2 id="in-short">In short</h2>')
  const list = parts[at + 1]
  if (at < 0 || !list?.startsWith('<ul>')) return [...parts]
  const points = list.replaceAll('<li>', `<li>${check}<span>`).replaceAll('</li>', '</span></li>')
  const gist = `<section class="gist" aria-labelledby="in-short">${parts[at]}${points}</section>`
  return [...parts.slice(0, at), gist, ...parts.slice(at + 2)]
}

const signs = /\\([\\`*[\]()|#_-])|`([^`]+)`|\*\*((?:\\.|[^*\\])+)\*\*|\[((?:\\.|[^\]\\])+)\]\(([^)\s]+)\)/g

function inline(text: string): string {
  let html = ''
  let end = 0
  for (const found of text.matchAll(signs)) {
    const [whole, sign, code, bold, label = '', address = ''] = found
    html += escapeHtml(text.slice(end, found.index))
    end = found.index + whole.length
    if (sign !== undefined) html += escapeHtml(sign)
    else if (code !== undefined) html += `<code>${escapeHtml(code)}</code>`
    else if (bold !== undefined) html += `<b>${inline(bold)}</b>`
    else html += link(label, address)
  }
  return html + escapeHtml(text.slice(end))
}

/** A link where the address is a harmless one; otherwise its words alone. */
function link(label: string, address: string): string {
  const isOutside = /^(?:https?:\/\/[^\s/]|mailto:[^\s/])/i.test(address)
  const isOurs = /^(?:\/(?![/\\])|#)/.test(address)
  if (!isOutside && !isOurs) return inline(label)
  return `<a href="${escapeHtml(address)}"${isOutside ? ' rel="noopener noreferrer"' : ''}>${inline(label)}</a>`
}

/** The words of a heading or a cell, without what marks them up. */
const plain = (text: string): string =>
  text.replace(
    signs,
    (_whole, sign?: string, code?: string, bold?: string, label?: string) => sign ?? code ?? bold ?? label ?? '',
  )
