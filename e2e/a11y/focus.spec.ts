import { befriend } from '@connectly/server/test-kit'
import type { Locator, Page } from '@playwright/test'
import { chat, dialog, said } from '../support/acts.ts'
import { focusedName, tabTo } from '../support/keys.ts'
import { composer, messages, row, say } from '../support/room.ts'
import { expect, test } from '../support/test.ts'

test('whatever is opened by keyboard and closed again, the focus is back where it was', async ({ someone, group }) => {
  test.setTimeout(240_000)
  const [noor, amara, priya] = [await someone('noor'), await someone('amara'), await someone('priya')]
  for (const other of [amara, priya]) await befriend(noor, other)
  const groupId = await group('Lisbon in May', noor, [amara, priya])
  const page = await noor.open('/')

  await test.step('the list: a chat, its menu, a new chat', async () => {
    await tabTo(page, chat(page, 'Lisbon in May'))
    await page.keyboard.press('Shift+F10')
    await expect(page.getByRole('menuitem', { name: 'Pin' })).toBeFocused()
    await page.keyboard.press('Escape')
    await expect(chat(page, 'Lisbon in May')).toBeFocused()
    await opened(page, page.getByRole('button', { name: 'New chat' }).first(), dialog(page, 'New chat'))
    await chat(page, 'Lisbon in May').focus()
    await page.keyboard.press('Enter')
    await expect(page).toHaveURL(new RegExp(groupId))
    await expect(messages(page)).toBeVisible()
    await expectSomewhere(page)
  })

  await test.step('the header: the menu, its dialogs, the details', async () => {
    const menu = page.getByRole('button', { name: 'Chat menu' })
    for (const [name, title] of [
      ['Mute…', 'Mute Lisbon in May'],
      ['Add people', 'Add people'],
      ['Clear for me', 'Clear this chat for you?'],
      ['Leave group', 'Hand the group over first'],
    ] as const) {
      await menu.focus()
      await page.keyboard.press('Enter')
      await expect(page.getByRole('menuitem').first()).toBeFocused()
      await page.getByRole('menuitem', { name, exact: true }).focus()
      await page.keyboard.press('Enter')
      await expect(dialog(page, title)).toBeVisible()
      await page.keyboard.press('Escape')
      await expect(dialog(page, title)).toBeHidden()
      await expect(menu, `after ${name}`).toBeFocused()
    }
    await page.getByRole('button', { name: 'Details', exact: true }).focus()
    await page.keyboard.press('Enter')
    const panel = page.getByRole('complementary', { name: 'Group details' })
    const member = panel.getByRole('button', { name: amara.name })
    await member.focus()
    for (const [name, title] of [
      ['Profile', `Profile: ${amara.name}`],
      ['Hand over', `Make ${amara.name} the owner?`],
      ['Remove', `Remove ${amara.name}?`],
    ] as const) {
      await page.keyboard.press('Enter')
      await page.getByRole('menuitem', { name, exact: true }).focus()
      await page.keyboard.press('Enter')
      await expect(dialog(page, title)).toBeVisible()
      await page.keyboard.press('Escape')
      await expect(dialog(page, title)).toBeHidden()
      await expect(member, `after ${name}`).toBeFocused()
    }
    await panel.getByRole('button', { name: 'Close details' }).focus()
    await page.keyboard.press('Enter')
    await expect(panel).toBeHidden()
    await expect(page.getByRole('button', { name: 'Details', exact: true })).toBeFocused()
  })

  await test.step('a message: its menu and dialogs, and what takes its place when it goes', async () => {
    await say(page, 'one', 'two', 'three')
    await expect(row(page, 'three').getByText('Sent', { exact: true })).toBeAttached()
    await composer(page).press('Shift+Tab')
    await page.keyboard.press('ArrowUp')
    await expect(said(page, 'three')).toBeFocused()
    await page.keyboard.press('ArrowUp')
    await expect(said(page, 'two')).toBeFocused()
    for (const [key, title] of [
      ['i', 'Message info'],
      ['Delete', 'Delete this message?'],
      ['Enter', 'Your message'],
    ] as const) {
      await page.keyboard.press(key)
      await expect(dialog(page, title)).toBeVisible()
      await page.keyboard.press('Escape')
      await expect(dialog(page, title)).toBeHidden()
      await expect(said(page, 'two'), `after ${key}`).toBeFocused()
    }
    await page.keyboard.press('Delete')
    await dialog(page, 'Delete this message?')
      .getByRole('radio', { name: /Just for me/ })
      .press('Space')
    await dialog(page, 'Delete this message?').getByRole('button', { name: 'Delete for me' }).press('Enter')
    await expect(row(page, 'two')).toHaveCount(0)
    await expectSomewhere(page)
    await page.keyboard.press('s')
    await expect(page.getByText('1 selected')).toBeVisible()
    await page.keyboard.press('Escape')
    await expect(page.getByText('1 selected')).toHaveCount(0)
    await expectSomewhere(page)
  })

  await test.step('settings, the palette, and the way out', async () => {
    const you = page.getByRole('button', { name: 'Your profile' })
    await you.focus()
    await page.keyboard.press('Enter')
    await page.getByRole('menuitem', { name: 'Settings' }).focus()
    await page.keyboard.press('Enter')
    await expect(page.getByRole('heading', { name: 'Appearance' })).toBeVisible()
    await page.keyboard.press('Control+k')
    await expect(dialog(page, 'Search and commands')).toBeVisible()
    await page.keyboard.press('Escape')
    await expect(dialog(page, 'Search and commands')).toBeHidden()
    await tabTo(page, page.getByRole('link', { name: 'Privacy and blocking' }))
    await page.keyboard.press('Enter')
    await tabTo(page, page.getByRole('switch', { name: 'Typing' }))
    await page.keyboard.press('Space')
    await expect(page.getByRole('switch', { name: 'Typing' })).not.toBeChecked()
    await expect(page.getByRole('switch', { name: 'Typing' })).toBeFocused()
  })
})

/** Opens by Enter and closes by Esc. */
async function opened(page: Page, opener: Locator, over: Locator): Promise<void> {
  await opener.focus()
  await page.keyboard.press('Enter')
  await expect(over).toBeVisible()
  await page.keyboard.press('Escape')
  await expect(over).toBeHidden()
  await expect(opener).toBeFocused()
}

const expectSomewhere = (page: Page) => expect.poll(() => focusedName(page), 'what has the focus').not.toBeNull()
