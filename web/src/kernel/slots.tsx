import type { ComponentType } from 'react'

/** A place on a screen that higher features fill; the feature that opens it knows none of them. */
export type Slot<Props extends object> = {
  fill(component: ComponentType<Props>): void
  Show: ComponentType<Props>
}

/** Opens a slot. What fills it is drawn in the order it was filled. */
export function createSlot<Props extends object = object>(): Slot<Props> {
  const filled: { key: string; Filling: ComponentType<Props> }[] = []
  function Show(props: Props) {
    return filled.map(({ key, Filling }) => <Filling key={key} {...props} />)
  }
  return { fill: (Filling) => void filled.push({ key: String(filled.length), Filling }), Show }
}
