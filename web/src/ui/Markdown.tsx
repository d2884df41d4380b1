import { memo, useEffect, useRef, useState, type ReactNode } from 'react'
import { markdownText } from './markdown-text.ts'
import { parseMarkdown, type Atom, type Block, type Inline } from './markdown.ts'
import { OutLink } from './RichText.tsx'

export type MarkdownProps = {
  text: string
  atoms?: readonly Atom[] | undefined
  /** Draws who is meant. */
  mention?: (who: string, text: string) => ReactNode
  /** The name of what uncovers a spoiler. */
  spoilerLabel: string
}

/** What a person wrote, with the safe part of Markdown drawn. No markup of theirs becomes markup of the page. */
export const Markdown = memo(function Markdown({ text, atoms, mention, spoilerLabel }: MarkdownProps) {
  const draw: Draw = { mention: mention ?? asWritten, spoilerLabel }
  return blocksOf(parseMarkdown(text, atoms), draw)
})

type Draw = Required<Pick<MarkdownProps, 'mention' | 'spoilerLabel'>>

const asWritten = (_who: string, text: string): ReactNode => text

function blocksOf(blocks: readonly Block[], draw: Draw): ReactNode[] {
  return blocks.map((block, nth) => drawBlock(block, nth, draw))
}

function drawBlock(block: Block, key: number, draw: Draw): ReactNode {
  switch (block.kind) {
    case 'text':
      return <span key={key}>{inlines(block.children, draw)}</span>
    case 'fence':
      return (
        <pre key={key} className="md__code" dir="ltr" data-language={block.language || undefined}>
          <code>{block.text}</code>
        </pre>
      )
    case 'quote':
      return (
        <blockquote key={key} className="md__quote">
          {blocksOf(block.children, draw)}
        </blockquote>
      )
    case 'list': {
      // oxlint-disable-next-line react/no-array-index-key -- a text that changed is read anew as a whole
      const items = block.items.map((item, nth) => <li key={nth}>{inlines(item, draw)}</li>)
      return block.start === null ? (
        <ul key={key} className="md__list">
          {items}
        </ul>
      ) : (
        <ol key={key} className="md__list" start={block.start}>
          {items}
        </ol>
      )
    }
  }
}

function inlines(nodes: readonly Inline[], draw: Draw): ReactNode[] {
  return nodes.map((node, nth) => drawInline(node, nth, draw))
}

function drawInline(node: Inline, key: number, draw: Draw): ReactNode {
  switch (node.kind) {
    case 'text':
      return node.text
    case 'code':
      return (
        <code key={key} className="md__c">
          {node.text}
        </code>
      )
    case 'bold':
      return <strong key={key}>{inlines(node.children, draw)}</strong>
    case 'italic':
      return <em key={key}>{inlines(node.children, draw)}</em>
    case 'strike':
      return <s key={key}>{inlines(node.children, draw)}</s>
    case 'spoiler':
      return <Spoiler key={key} node={node} draw={draw} />
    case 'link':
      return (
        <OutLink key={key} href={node.href}>
          {inlines(node.children, draw)}
        </OutLink>
      )
    case 'mention':
      return <span key={key}>{draw.mention(node.who, node.text)}</span>
  }
}

/** Covered until somebody wants to see it; uncovering keeps the focus where it was. */
function Spoiler({ node, draw }: { node: Extract<Inline, { children: Inline[] }>; draw: Draw }) {
  const [isOpen, setOpen] = useState(false)
  const shown = useRef<HTMLSpanElement>(null)
  useEffect(() => {
    if (isOpen) shown.current?.focus({ preventScroll: true })
  }, [isOpen])
  if (isOpen)
    return (
      <span ref={shown} tabIndex={-1} className="md__spoiler md__spoiler--open">
        {inlines(node.children, draw)}
      </span>
    )
  return (
    <button
      type="button"
      className="md__spoiler"
      aria-label={draw.spoilerLabel}
      onClick={(event) => {
        event.stopPropagation()
        setOpen(true)
      }}
    >
      <span aria-hidden="true">{markdownText([{ kind: 'text', children: node.children }])}</span>
    </button>
  )
}
