import assert from 'node:assert/strict'
import { it } from 'node:test'
import { actOf, neighbour, type Place, type Press } from './keys.ts'

const page: Place = { isCovered: false, isField: false, hasSelection: false, isMac: false }
const writing: Place = { ...page, isField: true }

function press(keys: string): Press {
  const names = keys.split('+')
  const key = names.at(-1) ?? ''
  return {
    key,
    code: /^[a-z]$/i.test(key) ? `Key${key.toUpperCase()}` : key,
    ctrlKey: names.includes('Ctrl'),
    metaKey: names.includes('Meta'),
    altKey: names.includes('Alt'),
    shiftKey: names.includes('Shift'),
    isComposing: false,
    repeat: false,
  }
}

it('knows its keys on a page and where one writes', () => {
  for (const place of [page, writing]) {
    assert.equal(actOf(press('Ctrl+k'), place), 'palette')
    assert.equal(actOf(press('Meta+K'), place), 'palette')
    assert.equal(actOf(press('Ctrl+/'), place), 'shortcuts')
    assert.equal(actOf(press('Ctrl+Shift+/'), place), 'shortcuts')
    assert.equal(actOf(press('Alt+ArrowUp'), place), 'previousRoom')
    assert.equal(actOf(press('Alt+ArrowDown'), place), 'nextRoom')
    assert.equal(actOf(press('Alt+Shift+ArrowUp'), place), 'previousUnread')
    assert.equal(actOf(press('Alt+Shift+ArrowDown'), place), 'nextUnread')
    assert.equal(actOf(press('Alt+n'), place), 'newChat')
    assert.equal(actOf(press('Shift+Escape'), place), 'readAll')
  }
})

it('leaves a question mark to whoever writes one', () => {
  assert.equal(actOf(press('Shift+?'), page), 'shortcuts')
  assert.equal(actOf(press('Shift+?'), writing), null)
})

it('takes no letters, arrows or Escape by themselves, and no keys of the browser', () => {
  for (const keys of [
    'k',
    'n',
    '/',
    'ArrowUp',
    'Escape',
    'Ctrl+f',
    'Ctrl+n',
    'Ctrl+Shift+k',
    'Ctrl+Alt+k',
    'Alt+ArrowLeft',
  ])
    assert.equal(actOf(press(keys), page), null, keys)
})

it('takes nothing from a dialog, from letters being composed, or from a key held down', () => {
  assert.equal(actOf(press('Ctrl+k'), { ...page, isCovered: true }), null)
  assert.equal(actOf({ ...press('Alt+ArrowUp'), isComposing: true }, writing), null)
  assert.equal(actOf({ ...press('Ctrl+k'), repeat: true }, page), null)
})

it('leaves Ctrl K to a field where letters are chosen, and a Mac’s Alt to its fields', () => {
  assert.equal(actOf(press('Ctrl+k'), { ...writing, hasSelection: true }), null)
  assert.equal(actOf(press('Alt+ArrowUp'), { ...writing, isMac: true }), null)
  assert.equal(actOf({ ...press('Alt+˜'), code: 'KeyN' }, { ...writing, isMac: true }), null)
  assert.equal(actOf({ ...press('Alt+˜'), code: 'KeyN' }, { ...page, isMac: true }), 'newChat')
})

it('goes from room to room, around the ends, and past what does not fit', () => {
  const rooms = ['a', 'b', 'c', 'd']
  assert.equal(neighbour(rooms, 'b', 1), 'c')
  assert.equal(neighbour(rooms, 'b', -1), 'a')
  assert.equal(neighbour(rooms, 'd', 1), 'a')
  assert.equal(neighbour(rooms, 'a', -1), 'd')
  const isUnread = (room: string) => room === 'a' || room === 'd'
  assert.equal(neighbour(rooms, 'b', 1, isUnread), 'd')
  assert.equal(neighbour(rooms, 'd', 1, isUnread), 'a')
})

it('begins at the nearer end where no room is open, and stays where there is no other', () => {
  assert.equal(neighbour(['a', 'b', 'c'], undefined, 1), 'a')
  assert.equal(neighbour(['a', 'b', 'c'], undefined, -1), 'c')
  assert.equal(neighbour(['a'], 'a', 1), null)
  assert.equal(
    neighbour(['a', 'b'], 'a', 1, (room) => room === 'a'),
    null,
  )
  assert.equal(neighbour([], undefined, 1), null)
})
