/** What a press of keys asks the app to do, wherever the focus is. */
export type KeyAct =
  | 'palette'
  | 'shortcuts'
  | 'newChat'
  | 'previousRoom'
  | 'nextRoom'
  | 'previousUnread'
  | 'nextUnread'
  | 'readAll'

/** What of a keyboard event decides. */
export type Press = Pick<
  KeyboardEvent,
  'key' | 'code' | 'ctrlKey' | 'metaKey' | 'altKey' | 'shiftKey' | 'isComposing' | 'repeat'
>

/** Where it was pressed. */
export type Place = {
  /** Something lies on top of the page: a dialog, a menu. Its keys are its own. */
  isCovered: boolean
  /** The focus is where one writes. */
  isField: boolean
  /** Letters are chosen there: keys that act on a selection belong to the field. */
  hasSelection: boolean
  /** There Alt moves by words and paragraphs, and writes letters of its own. */
  isMac: boolean
}

/** What a press means, if it means anything to the app. */
export function actOf(press: Press, place: Place): KeyAct | null {
  if (place.isCovered || press.isComposing || press.repeat) return null
  if (press.ctrlKey || press.metaKey) return withCommand(press, place)
  if (press.altKey) return withAlt(press, place)
  if (press.key === 'Escape' && press.shiftKey) return 'readAll'
  return press.key === '?' && !place.isField ? 'shortcuts' : null
}

function withCommand(press: Press, { hasSelection }: Place): KeyAct | null {
  if (press.altKey || (press.ctrlKey && press.metaKey)) return null
  // On some keyboards the slash is a shifted key.
  if (press.key === '/') return 'shortcuts'
  return press.key.toLowerCase() === 'k' && !press.shiftKey && !hasSelection ? 'palette' : null
}

function withAlt(press: Press, { isField, isMac }: Place): KeyAct | null {
  if (isMac && isField) return null
  // By its place on the keyboard: with Alt held, a Mac's N is another letter.
  if (press.code === 'KeyN' && !press.shiftKey) return 'newChat'
  if (press.key === 'ArrowUp') return press.shiftKey ? 'previousUnread' : 'previousRoom'
  if (press.key === 'ArrowDown') return press.shiftKey ? 'nextUnread' : 'nextRoom'
  return null
}

/**
 * The room above or below the open one among those that `fits` takes: from the ends it goes on at the other, and with
 * none open it begins at the nearer end.
 */
export function neighbour<Id extends string>(
  roomIds: readonly Id[],
  openId: Id | undefined,
  step: 1 | -1,
  fits: (roomId: Id) => boolean = () => true,
): Id | null {
  const at = openId === undefined ? -1 : roomIds.indexOf(openId)
  const start = at >= 0 ? at : step === 1 ? -1 : 0
  for (let far = 1; far <= roomIds.length; far++) {
    const roomId = roomIds[(start + step * far + roomIds.length * 2) % roomIds.length]
    if (roomId !== undefined && roomId !== openId && fits(roomId)) return roomId
  }
  return null
}
