import { sendMessage, type LocalId, type RoomId } from '@connectly/protocol'
import { befriend, newId } from '@connectly/server/test-kit'
import type { Page } from '@playwright/test'
import { chat, dialog, said } from '../support/acts.ts'
import { passes } from '../support/axe.ts'
import { composer, messages, row, say } from '../support/room.ts'
import { expect, test, type Someone } from '../support/test.ts'

test('the keys of the app, and the palette that finds and does everything', async ({ someone, group }) => {
  test.setTimeout(240_000)
  const [noor, amara, priya, kenji] = [
    await someone('noor'),
    await someone('amara'),
    await someone('priya'),
    await someone('kenji'),
  ]
  const [withPriya, withAmara] = [await befriend(noor, priya), await befriend(noor, amara)]
  const groupId = await group('Lisbon in May', amara, [noor])
  const page = await noor.open(`/r/${withAmara}`, { colorScheme: 'dark' })
  await expect(row(page, 'Hello there')).toBeVisible()

  await test.step('the palette goes to chats and people, and comes back where one was', async () => {
    await composer(page).focus()
    await page.keyboard.press('Control+k')
    const palette = dialog(page, 'Search and commands')
    const find = palette.getByRole('combobox')
    await expect(find).toBeFocused()
    await passes(page, 'the palette')
    await page.keyboard.press('Escape')
    await expect(composer(page)).toBeFocused()
    await page.keyboard.press('Control+k')
    await page.keyboard.type('lisb')
    await expect(palette.getByRole('option', { selected: true })).toContainText('Lisbon in May')
    await page.keyboard.press('Enter')
    await expect(page).toHaveURL(new RegExp(groupId))
    await page.keyboard.press('Control+k')
    await page.keyboard.type(kenji.name)
    await expect(palette.getByRole('option', { selected: true })).toContainText(kenji.name)
    await page.keyboard.press('Enter')
    await expect(dialog(page, `Profile: ${kenji.name}`)).toBeVisible()
    await page.keyboard.press('Escape')
    await expect(dialog(page, `Profile: ${kenji.name}`)).toBeHidden()
    await page.keyboard.press('Control+k')
    await page.keyboard.type('change the')
    await expect(palette.getByRole('option', { selected: true })).toContainText('Change theme')
    await page.keyboard.press('Enter')
    await expect(page.locator('html')).toHaveAttribute('data-theme', 'light')
    await expect(palette).toBeVisible()
    await find.fill('nobody.is.called.this')
    await expect(palette.getByText('Nothing for “nobody.is.called.this”')).toBeVisible()
    await page.keyboard.press('Escape')
    await expect(palette).toBeHidden()
  })

  await test.step('keys from anywhere', async () => {
    await page.keyboard.press('Control+/')
    const sheet = dialog(page, 'Keyboard shortcuts')
    await expect(sheet.getByText('Edit your last message, when the field is empty')).toBeVisible()
    await passes(page, 'the shortcuts')
    await page.keyboard.press('Escape')
    await expect(sheet).toBeHidden()
    await page.keyboard.press('Alt+n')
    await expect(dialog(page, 'New chat')).toBeVisible()
    await page.keyboard.press('Escape')
    await expect(dialog(page, 'New chat')).toBeHidden()
    const order = await page
      .getByRole('navigation', { name: 'Conversations' })
      .getByRole('link')
      .evaluateAll((all) => all.map((link) => new URL((link as HTMLAnchorElement).href).pathname.split('/')[2] ?? ''))
    await page.goto(new URL(`/r/${order[1]}`, page.url()).href)
    const open = page.locator('.row[aria-current]')
    await expect(messages(page)).toBeVisible()
    await page.keyboard.press('Alt+ArrowUp')
    await expect(open).toHaveAttribute('href', `/r/${order[0]}`)
    await page.keyboard.press('Alt+ArrowDown')
    await expect(open).toHaveAttribute('href', `/r/${order[1]}`)
    await page.goto(new URL(`/r/${groupId}`, page.url()).href)
    await speak(priya, withPriya, 'Psst')
    await expect(chat(page, priya.name).getByText('1 unread')).toBeAttached()
    await page.keyboard.press('Alt+Shift+ArrowDown')
    await expect(page).toHaveURL(new RegExp(withPriya))
    await expect(chat(page, priya.name).getByText('1 unread')).toHaveCount(0)
    await speak(amara, withAmara, 'Psst too')
    await expect(chat(page, amara.name).getByText('1 unread')).toBeAttached()
    await page.keyboard.press('Shift+Escape')
    await expect(chat(page, amara.name).getByText('1 unread')).toHaveCount(0)
  })

  await test.step('keys on a message', async () => {
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write'])
    await say(page, 'mine')
    await expect(row(page, 'mine').getByText('Read', { exact: true })).toHaveCount(0)
    await composer(page).press('Shift+Tab')
    await page.keyboard.press('ArrowUp')
    await expect(said(page, 'mine')).toBeFocused()
    await page.keyboard.press('c')
    await expect(page.getByText('Copied', { exact: true })).toBeVisible()
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe('mine')
    await page.keyboard.press('i')
    await expect(dialog(page, 'Message info')).toBeVisible()
    await page.keyboard.press('Escape')
    await expect(said(page, 'mine')).toBeFocused()
    await page.keyboard.press('e')
    await expect(page.getByRole('menuitem', { name: 'Reply' })).toBeFocused()
    await page.keyboard.press('Escape')
    await expect(said(page, 'mine')).toBeFocused()
    await page.keyboard.press('ArrowUp')
    await expect(said(page, 'Psst')).toBeFocused()
    await page.keyboard.press('r')
    await expect(composer(page)).toBeFocused()
    await expect(page.getByText(`Reply to ${priya.name}`)).toBeVisible()
    await page.keyboard.press('Escape')
    await expect(page.getByText(`Reply to ${priya.name}`)).toHaveCount(0)
    await select(page)
    await composer(page).press('ArrowUp')
    await expect(composer(page)).toHaveValue('mine')
    await page.keyboard.press('Escape')
    await expect(composer(page)).toHaveValue('')
    await composer(page).press('Shift+Tab')
    await page.keyboard.press('ArrowUp')
    await said(page, 'mine').focus()
    await page.keyboard.press('Delete')
    await dialog(page, 'Delete this message?').getByRole('button', { name: 'Delete for everyone' }).press('Enter')
    await expect(messages(page).getByText('You deleted this message')).toBeVisible()
    expect(await page.evaluate(() => document.activeElement !== document.body)).toBe(true)
  })
})

async function select(page: Page): Promise<void> {
  await composer(page).press('Shift+Tab')
  await said(page, 'Psst').focus()
  await page.keyboard.press('s')
  await expect(page.getByText('1 selected')).toBeVisible()
  await page.keyboard.press('Shift+ArrowDown')
  await expect(page.getByText('2 selected')).toBeVisible()
  await page.keyboard.press('Space')
  await expect(page.getByText('1 selected')).toBeVisible()
  await page.keyboard.press('Escape')
  await expect(page.getByText('1 selected')).toHaveCount(0)
}

async function speak(who: Someone, roomId: RoomId, text: string): Promise<void> {
  await who.ask(sendMessage, { roomId, localId: newId<LocalId>(), body: { kind: 'text', text } })
}
