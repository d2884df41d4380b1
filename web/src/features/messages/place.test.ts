import assert from 'node:assert/strict'
import { it } from 'node:test'
import fc from 'fast-check'
import { placeOver } from './place.ts'

it('stands below the message, which stays where it was', () => {
  assert.deepEqual(placeOver({ top: 100, height: 60 }, 240, 800), { top: 100, menuTop: 172, most: 532 })
})

it('flips above where there is no room below', () => {
  assert.deepEqual(placeOver({ top: 700, height: 60 }, 240, 800), { top: 700, menuTop: 448, most: 532 })
})

it('never leaves the screen, and never covers the message, however tall and wherever it is', () => {
  const span = fc.record({ top: fc.integer({ min: -3000, max: 3000 }), height: fc.integer({ min: 20, max: 6000 }) })
  fc.assert(
    fc.property(
      span,
      fc.integer({ min: 60, max: 300 }),
      fc.integer({ min: 500, max: 1400 }),
      (message, menu, screen) => {
        const { top, menuTop, most } = placeOver(message, menu, screen)
        const bottom = top + Math.min(message.height, most)

        assert.ok(top >= 8 && bottom <= screen - 8, 'the message is on screen')
        assert.ok(menuTop >= 8 && menuTop + menu <= screen - 8, 'the menu is on screen')
        assert.ok(menuTop >= bottom || menuTop + menu <= top, 'they stand apart')
      },
    ),
  )
})
