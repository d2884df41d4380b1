import assert from 'node:assert/strict'

/** Fails for whatever our content policy would not let run, or should never have been asked to: S2-12. */
export function assertNothingInline(html: string, what: string): void {
  for (const [, attributes = '', content = ''] of html.matchAll(/<script\b([^>]*)>([^]*?)<\/script>/gi)) {
    assert.match(attributes, /\ssrc="/, `${what}: a script without an address`)
    assert.equal(content.trim(), '', `${what}: a script in the page`)
  }
  const tags = html.match(/<[a-z][^>]*>/gi) ?? []
  assert.ok(tags.length > 5, `${what} is no page`)
  for (const tag of tags) {
    const names = tag.replace(/"[^"]*"|'[^']*'/g, '""')
    assert.doesNotMatch(names, /^<style\b/i, what)
    assert.doesNotMatch(names, /\sstyle\s*=/i, what)
    assert.doesNotMatch(names, /\son[a-z]+\s*=/i, what)
    assert.doesNotMatch(tag, /=\s*["']?\s*(?:javascript|vbscript|data):/i, what)
  }
}
