import type { ComponentProps, ElementType } from 'react'

type RemoveScrollProps = ComponentProps<'div'> & {
  as?: ElementType
  allowPinchZoom?: boolean
  enabled?: boolean
  shards?: unknown
}

/**
 * Stands in for the package react-remove-scroll (an alias in vite.config.ts), which injects a `<style>` that our
 * content policy forbids. It locks the scrolling of `body`, and ours never scrolls.
 */
export function RemoveScroll({
  as: Container = 'div',
  allowPinchZoom: _allowPinchZoom,
  enabled: _enabled,
  shards: _shards,
  ...rest
}: RemoveScrollProps) {
  return <Container {...rest} />
}
