/** A stretch of the screen's height, in px. */
export type Span = { top: number; height: number }

const GAP = 12
const EDGE = 8

/**
 * Where a lifted message and its menu stand: the message where it was, the menu below it, or above where there is more
 * room; where neither has room, the message moves. A message taller than what is left is shown from its beginning.
 */
export function placeOver(
  message: Span,
  menuHeight: number,
  screenHeight: number,
): { top: number; menuTop: number; most: number } {
  const most = Math.max(48, screenHeight - menuHeight - GAP - 2 * EDGE)
  const height = Math.min(message.height, most)
  const below = message.top + height + GAP
  if (message.top >= EDGE && below + menuHeight <= screenHeight - EDGE)
    return { top: message.top, menuTop: below, most }
  const above = message.top - GAP - menuHeight
  if (above >= EDGE && message.top + height <= screenHeight - EDGE) return { top: message.top, menuTop: above, most }
  const top = Math.max(EDGE, Math.min(message.top, screenHeight - EDGE - menuHeight - GAP - height))
  return { top, menuTop: top + height + GAP, most }
}
