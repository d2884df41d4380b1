export type LiveRegionProps = { label: string; lines: readonly { id: string; text: string }[] }

/** What a reader hears of news: one line each. Feed it the last few; a line is read once, when it comes. */
export function LiveRegion({ label, lines }: LiveRegionProps) {
  return (
    <div className="sr" role="log" aria-live="polite" aria-relevant="additions" aria-label={label}>
      {lines.map((line) => (
        <p key={line.id}>{line.text}</p>
      ))}
    </div>
  )
}
