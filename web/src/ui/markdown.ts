import { findLinks, safeHref, type FoundLink } from './links.ts'

/** A stretch of the text that means somebody: taken whole, never read as markup. */
export type Atom = { who: string; start: number; length: number }

export type Inline =
  | { kind: 'text' | 'code'; text: string }
  | { kind: 'bold' | 'italic' | 'strike' | 'spoiler'; children: Inline[] }
  | { kind: 'link'; href: string; children: Inline[] }
  | { kind: 'mention'; who: string; text: string }

export type Block =
  | { kind: 'text'; children: Inline[] }
  | { kind: 'fence'; language: string; text: string }
  | { kind: 'quote'; children: Block[] }
  | { kind: 'list'; start: number | null; items: Inline[][] }

type Pair = 'bold' | 'italic' | 'strike' | 'spoiler'
type Range = { start: number; end: number }

/**
 * Reads the safe part of Markdown: bold, italic, strike, code, fences, quotes, flat lists, spoilers, links. What doesn't
 * fit stays as it was written. Time grows with the length and no faster.
 */
export function parseMarkdown(text: string, atoms: readonly Atom[] = []): Block[] {
  return new Reader(text, atoms).blocks(0, text.length, 'nested')
}

/** Stands for what means somebody while markup is looked for: no pattern knows it. */
const MASK = '\uFFFC'
const DELIMITERS: Readonly<Record<string, Pair>> = { '**': 'bold', '~~': 'strike', '||': 'spoiler' }
const LINK = /\[([^[\]\n]{1,400})\]\(([^\s()<>]{1,2000})\)/y
const FENCE = /^```([\w+#.-]{0,24})[ \t]*$/
const BULLET = /^- +(?=\S)/
const NUMBER = /^(\d{1,9})\. +(?=\S)/

class Reader {
  readonly #text: string
  /** The text with every atom masked: what patterns are held against. */
  readonly #masked: string
  readonly #atoms: ReadonlyMap<number, Atom>
  #fencesEnd = false

  constructor(text: string, atoms: readonly Atom[]) {
    const whole = atoms.filter(
      ({ start, length }) => start + length <= text.length && !text.slice(start, start + length).includes('\n'),
    )
    this.#text = text
    this.#atoms = new Map(whole.map((atom) => [atom.start, atom]))
    let masked = ''
    let end = 0
    for (const { start, length } of whole.toSorted((a, b) => a.start - b.start)) {
      if (start < end) continue
      masked += text.slice(end, start) + MASK.repeat(length)
      end = start + length
    }
    this.#masked = masked + text.slice(end)
  }

  blocks(start: number, end: number, depth: 'nested' | 'flat'): Block[] {
    const found: Block[] = []
    let plain = start
    let at = start
    const close = (before: number) => {
      // The line break before a block is the block's own.
      if (before > plain) found.push({ kind: 'text', children: this.inline(plain, before) })
    }
    while (at < end) {
      const taken = this.#block(at, end, depth)
      if (!taken) {
        at = this.#nextLine(at, end)
        continue
      }
      close(at > plain && this.#text[at - 1] === '\n' ? at - 1 : at)
      found.push(taken.block)
      at = plain = Math.min(end, taken.end)
    }
    close(end)
    return found
  }

  #block(at: number, end: number, depth: 'nested' | 'flat'): { block: Block; end: number } | null {
    switch (this.#masked[at]) {
      case '`':
        return this.#fence(at, end)
      case '>':
        return depth === 'nested' ? this.#quote(at, end) : null
      default:
        return this.#list(at, end)
    }
  }

  #fence(at: number, end: number): { block: Block; end: number } | null {
    const [, language] = FENCE.exec(this.#line(at, end)) ?? []
    if (language === undefined || this.#fencesEnd) return null
    const first = this.#nextLine(at, end)
    for (let line = first; line < end; line = this.#nextLine(line, end)) {
      if (this.#line(line, end).trimEnd() !== '```') continue
      const text = this.#text.slice(first, Math.max(first, line - 1))
      return { block: { kind: 'fence', language, text }, end: this.#nextLine(line, end) }
    }
    // None closes from here on, so none of those that follow needs to look.
    this.#fencesEnd = true
    return null
  }

  #quote(at: number, end: number): { block: Block; end: number } | null {
    if (this.#masked.startsWith('>>> ', at) && at + 4 < end)
      return { block: { kind: 'quote', children: this.blocks(at + 4, end, 'flat') }, end }
    const children: Inline[] = []
    let line = at
    while (line < end && /^> ?\S/.test(this.#masked.slice(line, line + 3)) && this.#masked[line] === '>') {
      const next = this.#nextLine(line, end)
      const words = line + (this.#masked[line + 1] === ' ' ? 2 : 1)
      if (children.length > 0) children.push({ kind: 'text', text: '\n' })
      children.push(...this.inline(words, this.#lineEnd(line, end)))
      line = next
    }
    return line === at ? null : { block: { kind: 'quote', children: [{ kind: 'text', children }] }, end: line }
  }

  #list(at: number, end: number): { block: Block; end: number } | null {
    const marker = this.#masked[at] === '-' ? BULLET : NUMBER
    const head = (line: number) => marker.exec(this.#masked.slice(line, Math.min(line + 64, this.#lineEnd(line, end))))
    const first = head(at)
    if (!first) return null
    const items: Inline[][] = []
    let line = at
    for (let found: RegExpExecArray | null = first; found; found = line < end ? head(line) : null) {
      items.push(this.inline(line + found[0].length, this.#lineEnd(line, end)))
      line = this.#nextLine(line, end)
    }
    return { block: { kind: 'list', start: first[1] === undefined ? null : Number(first[1]), items }, end: line }
  }

  /** Words in one go: tokens from left to right, pairs closed on a stack. */
  inline(start: number, end: number, inLink: 'link' | 'free' = 'free'): Inline[] {
    const masked = this.#masked
    const bare = inLink === 'link' ? [] : this.#bareLinks(start, end)
    const ticks = codeEnds(masked, start, end)
    const stack = new Pairs()
    let plain = start
    let at = start
    let nextBare = 0
    const flush = () => stack.text(this.#text.slice(plain, at))
    const take = (node: Inline, to: number) => {
      flush()
      stack.add(node)
      at = plain = to
    }
    while (at < end) {
      const atom = this.#atoms.get(at)
      if (atom && masked[at] === MASK) {
        take({ kind: 'mention', who: atom.who, text: this.#text.slice(at, at + atom.length) }, at + atom.length)
        continue
      }
      while ((bare[nextBare]?.start ?? end) < at) nextBare += 1
      const link = bare[nextBare]
      if (link?.start === at) {
        const shown: Inline = { kind: 'text', text: this.#text.slice(link.start, link.end) }
        take({ kind: 'link', href: link.href, children: [shown] }, link.end)
        continue
      }
      const code = ticks.get(at)
      if (code) {
        if (code.end > code.start)
          take({ kind: 'code', text: this.#text.slice(code.start, code.end) }, code.end + code.start - at)
        else at = code.start
        continue
      }
      if (masked[at] === '[' && inLink === 'free') {
        const named = this.#namedLink(at, end)
        if (named) {
          take({ kind: 'link', href: named.href, children: this.inline(named.start, named.end, 'link') }, named.after)
          continue
        }
      }
      const pair = pairAt(masked, at, start, end, stack.inner)
      if (pair && (pair.closes || pair.opens)) {
        flush()
        stack.delimiter(pair)
        at = plain = at + pair.mark.length
        continue
      }
      at += pair?.mark.length ?? 1
    }
    flush()
    return stack.end()
  }

  #namedLink(at: number, end: number): (Range & { href: string; after: number }) | null {
    LINK.lastIndex = at
    const found = LINK.exec(this.#masked)
    const href = found?.[2] && safeHref(found[2])
    const after = at + (found?.[0].length ?? 0)
    if (!found?.[1] || !href || after > end || href.includes(MASK) || found[1].trim() === '') return null
    return { start: at + 1, end: at + 1 + found[1].length, href, after }
  }

  #bareLinks(start: number, end: number): FoundLink[] {
    const slice = this.#masked.slice(start, end)
    if (!/[.:@]/.test(slice)) return []
    return findLinks(slice).flatMap((link) => {
      const cut = slice.slice(link.start, link.end).replace(/[*_~|]+$/, '').length
      const gone = link.end - link.start - cut
      const href = gone > 0 ? link.href.slice(0, -gone) : link.href
      if (slice.slice(link.start, link.start + cut).includes(MASK)) return []
      return { start: start + link.start, end: start + link.start + cut, href }
    })
  }

  #line(at: number, end: number): string {
    return this.#masked.slice(at, this.#lineEnd(at, end))
  }

  #lineEnd(at: number, end: number): number {
    const found = this.#masked.indexOf('\n', at)
    return found < 0 || found > end ? end : found
  }

  #nextLine(at: number, end: number): number {
    return Math.min(end, this.#lineEnd(at, end) + 1)
  }
}

type Mark = { mark: string; kind: Pair; opens: boolean; closes: boolean }

/**
 * A mark that may open or close a pair here: it opens before what can be seen and closes after it. `inner` is what was
 * opened last: of three stars, one may belong to it.
 */
function pairAt(text: string, at: number, start: number, end: number, inner: string | undefined): Mark | null {
  const two = text.slice(at, Math.min(at + 2, end))
  const isItalic = two === '**' && text[at + 2] === '*' && inner === '*'
  const kind = isItalic ? 'italic' : (DELIMITERS[two] ?? (two[0] === '*' || two[0] === '_' ? 'italic' : undefined))
  if (!kind) return null
  const mark = kind === 'italic' ? (two[0] as string) : two
  const before = at > start ? text[at - 1] : undefined
  const after = at + mark.length < end ? text[at + mark.length] : undefined
  const isApart = mark === '_' ? !(isWord(before) && isWord(after)) : !(isAscii(before) && isAscii(after))
  const isSingle = mark !== '_' || (before !== '_' && after !== '_')
  const fits = isSingle && (kind !== 'italic' || isApart)
  return {
    mark,
    kind,
    opens: fits && after !== undefined && !/\s/.test(after) && !(mark === '_' && isWord(before)),
    closes: fits && before !== undefined && !/\s/.test(before) && !(mark === '_' && isWord(after)),
  }
}

const isWord = (unit: string | undefined): boolean => unit !== undefined && /[\p{L}\p{N}\uFFFC]/u.test(unit)
const isAscii = (unit: string | undefined): boolean => unit !== undefined && /[A-Za-z0-9]/.test(unit)

/** Where each run of backticks that opens code finds its like: the code's own range; an empty one has none. */
function codeEnds(text: string, start: number, end: number): Map<number, Range> {
  const runs: Range[] = []
  for (let at = text.indexOf('`', start); at >= 0 && at < end; at = text.indexOf('`', at)) {
    const from = at
    while (at < end && text[at] === '`') at += 1
    runs.push({ start: from, end: at })
  }
  const latest = new Map<number, Range>()
  const likes = new Map<Range, Range>()
  for (const run of runs.toReversed()) {
    const like = latest.get(run.end - run.start)
    if (like) likes.set(run, like)
    latest.set(run.end - run.start, run)
  }
  const found = new Map<number, Range>()
  let from = start
  for (const run of runs) {
    if (run.start < from) continue
    const like = likes.get(run)
    found.set(run.start, { start: run.end, end: like?.start ?? run.end })
    from = like?.end ?? run.end
  }
  return found
}

type Open = { mark: string; kind: Pair; children: Inline[] }

/** What is open, innermost last. A mark that finds no partner becomes the text it was. */
class Pairs {
  #open: Open[] = []
  #top: Inline[] = []
  #counts = new Map<string, number>()

  get #into(): Inline[] {
    return this.#open.at(-1)?.children ?? this.#top
  }

  /** The mark that was opened last. */
  get inner(): string | undefined {
    return this.#open.at(-1)?.mark
  }

  text(text: string): void {
    if (text === '') return
    const into = this.#into
    const last = into.at(-1)
    if (last?.kind === 'text') into[into.length - 1] = { kind: 'text', text: last.text + text }
    else into.push({ kind: 'text', text })
  }

  add(node: Inline): void {
    this.#into.push(node)
  }

  delimiter({ mark, kind, opens, closes }: Mark): void {
    const isOpen = (this.#counts.get(mark) ?? 0) > 0
    if (closes && isOpen && this.#hasContent(mark)) this.#close(mark)
    else if (opens && !isOpen) {
      this.#counts.set(mark, 1)
      this.#open.push({ mark, kind, children: [] })
    } else this.text(mark)
  }

  end(): Inline[] {
    while (this.#open.length > 0) this.#giveUp()
    return this.#top
  }

  #hasContent(mark: string): boolean {
    const last = this.#open.at(-1)
    return last?.mark !== mark || last.children.length > 0
  }

  #close(mark: string): void {
    while (this.#open.at(-1)?.mark !== mark) this.#giveUp()
    const { kind, children } = this.#open.pop() as Open
    this.#counts.set(mark, 0)
    this.#into.push({ kind, children })
  }

  #giveUp(): void {
    const { mark, children } = this.#open.pop() as Open
    this.#counts.set(mark, 0)
    this.text(mark)
    for (const child of children) {
      if (child.kind === 'text') this.text(child.text)
      else this.#into.push(child)
    }
  }
}
