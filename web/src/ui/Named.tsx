/** Where a name goes in a sentence that is to be drawn with it. */
export const NAME_HERE = '\u{E000}'

export type NamedProps = {
  /** A sentence with `NAME_HERE` in it. */
  sentence: string
  name: string
}

/** A sentence with a name in it that stands out, whatever direction it is written in. */
export function Named({ sentence, name }: NamedProps) {
  const [before, after] = sentence.split(NAME_HERE)
  return (
    <>
      {before}
      <b>
        <bdi>{name}</bdi>
      </b>
      {after}
    </>
  )
}
