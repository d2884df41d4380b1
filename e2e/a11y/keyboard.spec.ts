import { focusedName, isFocusSeen, tabTo } from '../support/keys.ts'
import { PASSWORD } from '../support/people.ts'
import { composer, row } from '../support/room.ts'
import { expect, test } from '../support/test.ts'

test('with nothing but a keyboard one signs up, finds somebody, asks, talks, changes the theme and signs out', async ({
  visit,
  someone,
}) => {
  const benoit = await someone('benoit')
  const page = await visit('/sign-in')

  await test.step('sign up', async () => {
    await tabTo(page, page.getByRole('link', { name: 'Create an account' }))
    await page.keyboard.press('Enter')
    await tabTo(page, page.getByRole('textbox', { name: 'Username' }))
    await page.keyboard.type(`keys.${Date.now().toString(36)}`)
    await tabTo(page, page.getByRole('textbox', { name: 'Password' }))
    await page.keyboard.type(PASSWORD)
    await page.keyboard.press('Enter')
    await expect(page.getByText('It’s quiet in here')).toBeVisible()
  })

  await test.step('find somebody and ask', async () => {
    await tabTo(page, page.getByRole('searchbox', { name: 'Search chats and people' }))
    await page.keyboard.type(benoit.name)
    const ask = page.getByRole('button', { name: 'Ask to talk' })
    await expect(ask).toBeVisible()
    await tabTo(page, ask)
    await page.keyboard.press('Enter')
    const dialog = page.getByRole('dialog', { name: 'Ask to talk' })
    await expect(dialog.getByRole('textbox', { name: 'Message' })).toBeFocused()
    await page.keyboard.press('Escape')
    await expect(dialog).toBeHidden()
    await expect(ask).toBeFocused()
    await page.keyboard.press('Enter')
    await page.keyboard.type('Written without a mouse')
    await tabTo(page, dialog.getByRole('button', { name: 'Send request' }))
    await page.keyboard.press('Enter')
    await expect(page.getByText('Waiting for an answer')).toBeVisible()
  })

  await test.step('the other accepts, and they talk', async () => {
    const his = await benoit.open('/')
    await tabTo(his, his.getByRole('link', { name: 'Requests' }).first())
    await his.keyboard.press('Enter')
    await tabTo(his, his.getByRole('link', { name: /keys\./ }))
    await his.keyboard.press('Enter')
    await tabTo(his, his.getByRole('button', { name: 'Accept' }))
    await his.keyboard.press('Space')
    await expect(row(his, 'Written without a mouse')).toBeVisible()
    await expect(row(page, 'Written without a mouse')).toBeVisible()
    await tabTo(page, composer(page))
    await page.keyboard.type('And answered')
    await page.keyboard.press('Enter')
    await expect(row(his, 'And answered')).toBeVisible()
    await expect(composer(page)).toBeFocused()
    // What scrolls is reached, and left again.
    await page.keyboard.press('Shift+Tab')
    await expect(page.locator('.msgs')).toBeFocused()
    await page.keyboard.press('Tab')
    await expect(composer(page)).toBeFocused()
  })

  await test.step('change the theme, and sign out', async () => {
    const you = page.getByRole('button', { name: 'Your profile' })
    await tabTo(page, you)
    await page.keyboard.press('Enter')
    await expect(page.getByRole('menuitemradio', { name: 'System' })).toBeFocused()
    await page.keyboard.press('Escape')
    await expect(page.getByRole('menu')).toBeHidden()
    await expect(you).toBeFocused()
    await page.keyboard.press('Enter')
    await expect(page.getByRole('menuitemradio', { name: 'System' })).toBeFocused()
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Enter')
    await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark')
    await expect(you).toBeFocused()
    await page.keyboard.press('Enter')
    await expect(page.getByRole('menuitemradio', { name: 'System' })).toBeFocused()
    await page.keyboard.press('End')
    await expect(page.getByRole('menuitem', { name: 'Sign out' })).toBeFocused()
    await page.keyboard.press('Enter')
    await expect(page.getByRole('heading', { name: 'Welcome back' })).toBeVisible()
  })
})

test('the tab key goes through a whole page and comes out at its end, and everything it meets can be seen', async ({
  friends,
}) => {
  const [amara, , roomId] = await friends()
  const page = await amara.open(`/r/${roomId}`)
  await expect(row(page, 'Hello there')).toBeVisible()
  await composer(page).fill('something to send')
  await page.evaluate(() => (document.activeElement as HTMLElement).blur())
  const met: string[] = []
  for (let n = 0; n < 40; n++) {
    await page.keyboard.press('Tab')
    const name = await focusedName(page)
    if (name === null) break
    met.push(name)
    expect(await isFocusSeen(page), `${name} shows that it has the focus`).toBe(true)
  }
  expect(met.length).toBeLessThan(40)
  expect(new Set(met).size, met.join(', ')).toBe(met.length)
  expect(met).toEqual(
    expect.arrayContaining(['Message', 'Send', 'Your profile', 'New chat', 'Search chats and people']),
  )
})

test('focus stays in a dialog, and goes back where it came from', async ({ someone }) => {
  const amara = await someone('amara')
  const page = await amara.open()
  const button = page.getByRole('button', { name: 'New chat' }).first()
  await tabTo(page, button)
  await page.keyboard.press('Enter')
  const dialog = page.getByRole('dialog', { name: 'New chat' })
  await expect(dialog.getByRole('searchbox')).toBeFocused()
  for (let n = 0; n < 6; n++) {
    await page.keyboard.press('Tab')
    const isOutside = await page.evaluate(() => {
      const focused = document.activeElement
      return focused !== document.body && !focused?.closest('dialog')
    })
    expect(isOutside).toBe(false)
  }
  await page.keyboard.press('Escape')
  await expect(dialog).toBeHidden()
  await expect(button).toBeFocused()
})
