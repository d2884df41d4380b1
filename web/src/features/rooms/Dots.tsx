/** Three dots that hop, for who is writing. The words beside them say the same. */
export function Dots() {
  return (
    <span className="dots" aria-hidden="true">
      <i />
      <i />
      <i />
    </span>
  )
}
