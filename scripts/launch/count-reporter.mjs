// A reporter for node:test that writes one line of JSON: how many tests passed, failed and were skipped, and which those
// were, each with its reason.
export default async function* count(events) {
  const left = []
  for await (const { type, data } of events) {
    if (type === 'test:pass' && data.skip) left.push(`${data.name}${data.skip === true ? '' : ` (${data.skip})`}`)
    if (type !== 'test:summary' || data.file !== undefined) continue
    const { passed, failed, cancelled, skipped, todo } = data.counts
    yield JSON.stringify({ passed, failed: failed + cancelled, skipped: skipped + todo, left })
  }
}
