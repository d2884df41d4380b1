import { type ComponentType, Suspense } from 'react'

/** A place on a screen that higher features fill; the feature that opens it knows none of them. */
export type Slot<Props extends object> = {
  fill(component: ComponentType<Props>): void
  Show: ComponentType<Props>
}

/** Opens a slot. What fills it is drawn in the order it was filled. */
export function createSlot<Props extends object>(): Slot<Props> {
  const filled: ComponentType<Props>[] = []
  function Show(props: Props) {
    return filled.map((Filling, index) => (
      <Suspense key={index} fallback={null}>
        <Filling {...props} />
      </Suspense>
    ))
  }
  return { fill: (component) => void filled.push(component), Show }
}
