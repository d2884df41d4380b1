import assert from 'node:assert/strict'
import { test } from 'node:test'
import { assertNothingInline } from './html-kit.ts'
import { asMarkdown, renderMarkdown } from './markdown.ts'

const html = (source: string) => renderMarkdown(source).html

test('headings, a lede, paragraphs, lists, tables and code become HTML, and each chapter can be jumped to', () => {
  const text = renderMarkdown(
    '# The title\n\nWhat it is about,\ngoing on.\n\n## One thing\n\n- a\n- b\n  goes on\n\n1. first\n\n## One thing\n\n| What | For |\n| --- | --- |\n| **x** | y |\n\n### Small\n\n```text\na <b>\n\n  c\n```\n',
  )

  assert.equal(text.title, 'The title')
  assert.deepEqual(text.headings, [
    { id: 'one-thing', text: 'One thing' },
    { id: 'one-thing-2', text: 'One thing' },
  ])
  assert.match(
    text.html,
    /^<h1>The title<\/h1>\n<p class="lede">What it is about, going on\.<\/p>\n<h2 id="one-thing">/,
  )
  assert.ok(text.html.includes('<ul><li>a</li><li>b goes on</li></ul>'))
  assert.ok(text.html.includes('<ol><li>first</li></ol>'))
  assert.ok(text.html.includes('<table role="table"><caption class="sr">One thing</caption><thead role="rowgroup">'))
  assert.ok(text.html.includes('<b>x</b></th><td role="cell" data-th="For"><span>y</span></td>'))
  assert.ok(text.html.includes('<h3>Small</h3>'))
  assert.ok(text.html.includes('<pre tabindex="0"><code>a &#60;b&#62;\n\n  c</code></pre>'))
})

test('the points under "In short" are one part with its heading', () => {
  const text = html('# T\n\n## In short\n\n- One.\n- Two.\n\n## More\n')

  assert.match(text, /<section class="gist" aria-labelledby="in-short"><h2 id="in-short">In short<\/h2><ul><li><svg/)
  assert.match(text, /<span>Two\.<\/span><\/li><\/ul><\/section>\n<h2 id="more">/)
})

test('links lead to web and mail addresses and our own paths; of any other only the words are left', () => {
  assert.equal(
    html('[a](https://example.org/x?y=1&z=2)'),
    '<p><a href="https://example.org/x?y=1&#38;z=2" rel="noopener noreferrer">a</a></p>',
  )
  assert.equal(
    html('[a](mailto:a@example.org)'),
    '<p><a href="mailto:a@example.org" rel="noopener noreferrer">a</a></p>',
  )
  assert.equal(html('[a](/terms)'), '<p><a href="/terms">a</a></p>')
  for (const address of [
    'javascript:alert(1)',
    'JaVaScRiPt:alert(1)',
    'data:text/html,x',
    '//evil.example',
    '/\\evil.example',
    'ftp://example.org',
    'https://',
    'x',
  ])
    assert.doesNotMatch(html(`[word](${address})`), /<a\b/, address)
})

test('HTML is text, wherever it stands', () => {
  const evil = '"><img src=x onerror=alert(1)><script>alert(1)</script>'
  const texts = [
    evil,
    `# ${evil}`,
    `## ${evil}`,
    `- ${evil}`,
    `| ${evil} | ${evil} |\n| --- | --- |\n| ${evil} | ${evil} |`,
    `\`\`\`\n${evil}\n\`\`\``,
    `**${evil}** \`${evil}\` [${evil}](https://example.org/${evil.replaceAll(' ', '')})`,
    `[x](https://example.org/"onmouseover="alert(1))`,
  ]

  for (const text of texts) {
    const made = html(text)
    assert.doesNotMatch(made, /<(?:img|script)/i, text)
    assertNothingInline(`<p><p><p><p><p><p>${made}`, text)
  }
})

test('a name is shown as it is written, whatever signs are in it', () => {
  const name = 'A*B* [C](https://evil.example) `D` _E_ | #F\n<b>'

  assert.equal(html(asMarkdown(name)), '<p>A*B* [C](https://evil.example) `D` _E_ | #F &#60;b&#62;</p>')
})
