import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { markdownText } from './markdown-text.ts'
import { parseMarkdown, type Block, type Inline } from './markdown.ts'

describe('what a message’s markup means', () => {
  it('knows bold, italic, strike, spoiler and code, one inside another', () => {
    assert.equal(drawn('**b** *i* _i_ ~~s~~ ||h|| `c`'), '<b>b</b> <i>i</i> <i>i</i> <s>s</s> <h>h</h> <c>c</c>')
    assert.equal(drawn('**a *b* ~~c~~**'), '<b>a <i>b</i> <s>c</s></b>')
    assert.equal(drawn('***both***'), '<b><i>both</i></b>')
  })

  it('leaves as it was written what has no partner, stands apart, or lies within a word', () => {
    for (const text of [
      '**a',
      'a**',
      '** a **',
      '2*3*4',
      'a_b_c',
      '__init__',
      '5 * 3 * 2',
      '****',
      'a || b || c',
      '`a',
    ])
      assert.equal(drawn(text), text)
  })

  it('closes the nearest pair, and gives up what was opened within it', () => {
    assert.equal(drawn('**a ~~b** c~~'), '<b>a ~~b</b> c~~')
    assert.equal(drawn('*a **b*'), '<i>a **b</i>')
  })

  it('reads nothing inside code', () => {
    assert.equal(drawn('`**a** https://a.example`'), '<c>**a** https://a.example</c>')
    assert.equal(drawn('``a`b``'), '<c>a`b</c>')
    assert.equal(drawn('```ts\nconst a = "**"\n\n> b\n```\nafter'), '[ts:const a = "**"\n\n> b]after')
    assert.equal(drawn('```\nnever closed'), '```\nnever closed')
  })

  it('knows quotes of lines and of all the rest, and flat lists', () => {
    assert.equal(drawn('> a\n> **b**\nc'), '{a\n<b>b</b>}c')
    assert.equal(drawn('x\n>>> a\n\n- b'), 'x{a\n(b)}')
    assert.equal(drawn('- a\n- b\n\n3. c\n4. d'), '(a)(b)3(c)(d)')
    assert.equal(drawn('-a 1.b > c'), '-a 1.b > c')
  })

  it('links only to the web and to mail', () => {
    assert.equal(drawn('[**here**](https://a.example/x)'), '<a https://a.example/x><b>here</b></a>')
    assert.equal(drawn('example.org/x_y_z'), '<a https://example.org/x_y_z>example.org/x_y_z</a>')
    assert.equal(drawn('**https://a.example/x**'), '<b><a https://a.example/x>https://a.example/x</a></b>')
    for (const bad of [
      'javascript:alert(1)',
      'data:text/html,x',
      '//a.example',
      '/r/1',
      'vbscript:x',
      'java\tscript:x',
    ])
      assert.equal(drawn(`[a](${bad})`), `[a](${bad})`)
  })

  it('takes a mention whole, whatever its name looks like, and lets markup stand around it', () => {
    assert.equal(drawn('**hi @a**b_!**', [{ who: 'u', start: 5, length: 6 }]), '<b>hi <@u @a**b_>!</b>')
    assert.equal(drawn('- @all', [{ who: 'all', start: 2, length: 4 }]), '(<@all @all>)')
    assert.equal(drawn('[x @y](https://a.example) @y', [{ who: 'u', start: 26, length: 2 }]).endsWith('<@u @y>'), true)
    assert.equal(drawn('`@y`', [{ who: 'u', start: 1, length: 2 }]), '<c>@y</c>')
  })

  it('says it without markup, hides spoilers, and calls people what they are called now', () => {
    const text = '**Meet** @old\n- at ||secret place|| `now`'
    const blocks = parseMarkdown(text, [{ who: 'u', start: 9, length: 4 }])
    assert.equal(
      markdownText(blocks, () => 'New Name'),
      'Meet @New Name\n• at ▒▒▒▒▒▒▒▒ now',
    )
  })
})

const scraps = fc.constantFrom(
  ...'** * _ ~~ || ` ``` [ ] ]( ) @ a word https://a.example a@b.example 👩‍👩‍👧‍👦 é \u202E \uFFFC javascript:x'.split(' '),
  '\n',
  '> ',
  '>>> ',
  '- ',
  '1. ',
  ' ',
  '```ts\n',
  '\t',
  '\r',
)
const soup = fc
  .array(fc.oneof(scraps, fc.string({ unit: 'binary', maxLength: 4 })), { maxLength: 60 })
  .map((all) => all.join(''))

describe('any text at all', () => {
  it('is read without a fault, and no letter of it is lost, doubled or moved', () => {
    fc.assert(
      fc.property(soup, (text) => {
        const words = (some: string) => some.replace(/[^\p{L}\u202E\u{1F469}]/gu, '')
        const links = /\]\([^\s()<>]*\)|```[\w+#.-]*/g
        assert.ok(isWithin(words(leaves(parseMarkdown(text))), words(text)))
        assert.equal(words(leaves(parseMarkdown(text.replace(links, ' ')))), words(text.replace(links, ' ')))
      }),
      { numRuns: 2000 },
    )
  })

  it('keeps every mention that lies on one line, once and whole, unless it is code', () => {
    fc.assert(
      fc.property(soup, soup, soup, (before, name, after) => {
        const said = `@${name.replaceAll('\n', '')}`
        const text = `${before.replaceAll('`', '')}${said}${after.replaceAll('`', '')}`
        const start = before.replaceAll('`', '').length
        const found = mentions(parseMarkdown(text, [{ who: 'u', start, length: said.length }]))
        assert.deepEqual(said.length < 2 ? [said] : found, [said])
      }),
    )
  })

  it('without markup is itself', () => {
    const calm = fc.string({ unit: fc.constantFrom('a', ' ', '\n', 'ü', '👍', '!', '.', ',', '(') })
    fc.assert(fc.property(calm, (text) => assert.equal(markdownText(parseMarkdown(text)), text)))
  })

  it('takes ten times as long when it is ten times as long, not a hundred times', () => {
    const hostile = [
      '**a ',
      '*a _b ',
      '`',
      '`a``',
      '[a](',
      '[',
      '||~~**_',
      '> ',
      '```a\n',
      '- \n',
      '>>> ',
      '_a*',
      '1. a\n',
    ]
    for (const unit of hostile) {
      const [short, long] = [unit.repeat(10_000 / unit.length), unit.repeat(100_000 / unit.length)]
      fastest(short)
      const ratio = fastest(long) / Math.max(0.2, fastest(short))
      assert.ok(ratio < 40, `${JSON.stringify(unit)} takes ${ratio.toFixed(0)} times as long`)
    }
  })
})

function fastest(text: string): number {
  const times = Array.from({ length: 5 }, () => {
    const from = performance.now()
    parseMarkdown(text)
    return performance.now() - from
  })
  return Math.min(...times)
}

const tags = { bold: 'b', italic: 'i', strike: 's', spoiler: 'h', code: 'c' } as const

function drawn(text: string, atoms: Parameters<typeof parseMarkdown>[1] = []): string {
  return parseMarkdown(text, atoms).map(drawnBlock).join('')
}

function drawnBlock(block: Block): string {
  switch (block.kind) {
    case 'text':
      return block.children.map(drawnNode).join('')
    case 'fence':
      return `[${block.language}:${block.text}]`
    case 'quote':
      return `{${block.children.map(drawnBlock).join('')}}`
    case 'list':
      return `${block.start ?? ''}${block.items.map((item) => `(${item.map(drawnNode).join('')})`).join('')}`
  }
}

function drawnNode(node: Inline): string {
  switch (node.kind) {
    case 'text':
      return node.text
    case 'code':
      return `<c>${node.text}</c>`
    case 'mention':
      return `<@${node.who} ${node.text}>`
    case 'link':
      return `<a ${node.href}>${node.children.map(drawnNode).join('')}</a>`
    default:
      return `<${tags[node.kind]}>${node.children.map(drawnNode).join('')}</${tags[node.kind]}>`
  }
}

function leaves(nodes: readonly (Block | Inline)[]): string {
  return nodes
    .map((node) =>
      'text' in node ? node.text : 'children' in node ? leaves(node.children) : node.items.map(leaves).join(''),
    )
    .join('')
}

function mentions(nodes: readonly (Block | Inline)[]): string[] {
  return nodes.flatMap((node) => {
    if (node.kind === 'mention') return [node.text]
    if ('children' in node) return mentions(node.children)
    return 'items' in node ? node.items.flatMap(mentions) : []
  })
}

/** Whether the letters of one come in the other in this order. */
function isWithin(part: string, whole: string): boolean {
  let at = 0
  for (const letter of part) {
    at = whole.indexOf(letter, at) + letter.length
    if (at < letter.length) return false
  }
  return true
}
