import type { Block, Inline } from './markdown.ts'

/** The words without their markup, for a line of a list, a quote or a notification. A spoiler stays one. */
export function markdownText(blocks: readonly Block[], nameOf?: (who: string) => string | undefined): string {
  return blocks.map((block) => blockText(block, nameOf)).join('\n')
}

type NameOf = ((who: string) => string | undefined) | undefined

function blockText(block: Block, nameOf: NameOf): string {
  switch (block.kind) {
    case 'text':
      return inlineText(block.children, nameOf)
    case 'fence':
      return block.text
    case 'quote':
      return markdownText(block.children, nameOf)
    case 'list':
      return block.items
        .map((item, nth) => `${block.start === null ? '•' : `${block.start + nth}.`} ${inlineText(item, nameOf)}`)
        .join('\n')
  }
}

function inlineText(nodes: readonly Inline[], nameOf: NameOf): string {
  return nodes.map((node) => nodeText(node, nameOf)).join('')
}

function nodeText(node: Inline, nameOf: NameOf): string {
  switch (node.kind) {
    case 'text':
    case 'code':
      return node.text
    case 'mention': {
      const name = nameOf?.(node.who)
      return name === undefined ? node.text : `@${name}`
    }
    case 'spoiler':
      return '▒'.repeat(Math.min(8, Math.max(3, inlineText(node.children, nameOf).length)))
    case 'bold':
    case 'italic':
    case 'strike':
    case 'link':
      return inlineText(node.children, nameOf)
  }
}
