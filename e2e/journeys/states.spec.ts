import { newId } from '@connectly/server/test-kit'
import { chat, dialog } from '../support/acts.ts'
import { passes } from '../support/axe.ts'
import { newerProtocol, refuseOnce, slowDown } from '../support/frames.ts'
import { composer, messages, networkIsBack, row, say } from '../support/room.ts'
import { expect, test } from '../support/test.ts'
import { awayNoise } from '../support/watch.ts'

test('who is new finds a way on wherever there is nothing yet', { tag: '@phone' }, async ({ someone }) => {
  const amara = await someone('amara')
  const page = await amara.open()
  await expect(page.getByText('It’s quiet in here')).toBeVisible()
  await page.getByRole('button', { name: 'Find people' }).click()
  const dialog = page.getByRole('dialog', { name: 'New chat' })
  await dialog.getByRole('searchbox').fill('nobody.is.called.this')
  await expect(dialog.getByText('Nothing for “nobody.is.called.this”')).toBeVisible()
  await dialog.getByRole('button', { name: 'Close' }).click()
  await page.getByRole('searchbox', { name: 'Search chats and people' }).fill('nobody.is.called.this')
  await expect(page.getByText('Nothing for “nobody.is.called.this”')).toBeVisible()
  await page.getByRole('button', { name: 'Clear search' }).click()
  await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Requests' }).click()
  await expect(page.getByText('No one’s waiting')).toBeVisible()
  await page.getByRole('tab', { name: 'Sent' }).click()
  await expect(page.getByText('Nothing on its way')).toBeVisible()
})

test('a room that is not shared with me and one that does not exist look the same, to the pixel', async ({
  friends,
  someone,
}) => {
  const [, , roomId] = await friends()
  const chidi = await someone('chidi')
  const shots: Buffer[] = []
  for (const id of [roomId, newId()]) {
    const page = await chidi.open(`/r/${id}`)
    await expect(page.getByRole('heading', { name: 'This page wandered off' })).toBeVisible()
    await expect(page.locator('.list__sub')).toBeVisible()
    await page.evaluate(() => document.fonts.ready)
    shots.push(
      await page.screenshot({
        animations: 'disabled',
        mask: [page.getByRole('button', { name: 'Your profile' }), page.locator('.list__sub')],
      }),
    )
  }
  expect(shots[0]?.equals(shots[1] as Buffer)).toBe(true)
})

test(
  'an address that is none is answered with 404 and a way back',
  { tag: '@phone' },
  async ({ someone, watch, wire }) => {
    watch.allow(/status of 404/)
    const amara = await someone('amara')
    const page = await amara.open('/sign-in')
    const response = await page.goto(`${wire.url}/no/such/page`)
    expect(response?.status()).toBe(404)
    await expect(page.getByRole('heading', { level: 1, name: 'This page wandered off' })).toBeVisible()
    await page.getByRole('link', { name: 'Back to chats' }).click()
    await expect(page.getByText('It’s quiet in here')).toBeVisible()
  },
)

test('a room that could not be loaded says so, and loads when tried again', async ({ friends, wire }) => {
  const [amara, , roomId] = await friends()
  const page = await amara.open('/sign-in')
  await refuseOnce(page, 'sync.head', 'Internal')
  await page.goto(`${wire.url}/r/${roomId}`)
  await expect(page.getByRole('heading', { name: 'That didn’t load' })).toBeVisible()
  await expect(page.getByText(/mention E-/)).toBeVisible()
  await page.getByRole('button', { name: 'Try again' }).click()
  await expect(row(page, 'Hello there')).toBeVisible()
})

test('an outdated page asks to be loaded anew, and keeps what was written', async ({ friends, wire, watch }) => {
  watch.allow(awayNoise)
  const [amara, , roomId] = await friends()
  const page = await amara.open('/sign-in')
  let isNewer = false
  await newerProtocol(page, () => isNewer)
  await page.goto(`${wire.url}/r/${roomId}`)
  await expect(row(page, 'Hello there')).toBeVisible()
  await page.context().setOffline(true)
  await say(page, 'Written in the old one')
  await composer(page).fill('half a thought')
  isNewer = true
  await page.context().setOffline(false)
  await expect(page.getByRole('heading', { level: 1, name: 'There’s a newer Connectly' })).toBeVisible()

  isNewer = false
  await page.getByRole('button', { name: 'Reload' }).click()
  await expect(row(page, 'Written in the old one').getByText(/^(?:Sent|Delivered|Read)$/)).toBeAttached()
  await expect(composer(page)).toHaveValue('half a thought')
  await expect(messages(page).getByText('Written in the old one')).toHaveCount(1)
})

test(
  'with nothing unread, and with no group, a filter says so and leads on',
  { tag: '@phone' },
  async ({ friends }) => {
    const [amara, benoit] = await friends()
    const page = await amara.open('/', { colorScheme: 'dark' })
    await expect(chat(page, benoit.name)).toBeVisible()
    await page.keyboard.press('Shift+Escape')
    const filters = page.getByRole('group', { name: 'Show' })
    await filters.getByRole('button', { name: /^Unread/ }).click()
    await expect(page.getByText('All caught up')).toBeVisible()
    await page.getByRole('button', { name: 'Show all chats' }).click()
    await expect(chat(page, benoit.name)).toBeVisible()
    await filters.getByRole('button', { name: 'Groups' }).click()
    await expect(page.getByText('No groups yet')).toBeVisible()
    await passes(page, 'no groups')
    await page.getByRole('button', { name: 'New group' }).click()
    await expect(dialog(page, 'Who’s coming?')).toBeVisible()
  },
)

test('too much at once is a countdown where one sends, and goes out by itself', async ({ friends, wire }) => {
  const [amara, benoit, roomId] = await friends()
  const page = await amara.open('/sign-in')
  const his = await benoit.open(`/r/${roomId}`, { size: 'phone' })
  await slowDown(page, 3)
  await page.goto(`${wire.url}/r/${roomId}`)
  await expect(row(page, 'Hello there')).toBeVisible()
  await say(page, 'last one I promise')
  await expect(page.getByPlaceholder('Take a breath')).toBeVisible()
  await expect(page.getByRole('button', { name: /^Send, available in \d seconds?$/ })).toBeVisible()
  await passes(page, 'slow down')
  await expect(row(his, 'last one I promise')).toBeVisible()
  await expect(page.getByPlaceholder('Take a breath')).toHaveCount(0)
  await expect(messages(page).getByText('last one I promise')).toHaveCount(1)
})

test('what was never loaded says, without a line, that it will be, and is', async ({ friends, group, watch }) => {
  watch.allow(awayNoise)
  const [amara, benoit] = await friends()
  await group('Lisbon in May', benoit, [amara])
  const page = await amara.open('/')
  await expect(chat(page, 'Lisbon in May')).toBeVisible()
  await chat(page, benoit.name).click()
  await expect(row(page, 'Hello there')).toBeVisible()
  await page.context().setOffline(true)
  await chat(page, 'Lisbon in May').click()
  await expect(page.getByText('We’ll load this as soon as you’re connected.')).toBeVisible()
  await passes(page, 'offline, with nothing stored')
  await page.context().setOffline(false)
  await expect(messages(page).getByText(/made this group/)).toBeVisible({ timeout: 20_000 })
})

test('a part of the page that could not be fetched comes when tried again', async ({ friends, wire, watch }) => {
  watch.allow(/net::ERR_FAILED/, /Failed to fetch dynamically imported module/)
  const [amara, , roomId] = await friends()
  const page = await amara.open('/you')
  const part = /assets\/ChatPage/
  await page.route(part, (route) => route.abort())
  await page.goto(`${wire.url}/r/${roomId}`)
  await expect(page.getByRole('heading', { name: 'That didn’t load' })).toBeVisible()

  await page.unroute(part)
  await page.getByRole('button', { name: 'Try again' }).click()

  await expect(row(page, 'Hello there')).toBeVisible()
})

test('what could not be fetched takes nothing with it, and comes by itself when the line is back', async ({
  friends,
  watch,
}) => {
  watch.allow(/net::ERR_FAILED/)
  const [amara, , roomId] = await friends()
  const page = await amara.open('/you')
  const parts = /assets\/(?:Finder|LeavingNotice|SettingsPage)/
  await page.route(parts, (route) => route.abort())
  await page.route('**/health', (route) => route.abort())
  await page.goto(new URL(`/r/${roomId}`, page.url()).href)
  await expect(row(page, 'Hello there')).toBeVisible()
  await page.keyboard.press('Control+K')
  await expect(page.getByText('We’ll load this as soon as you’re connected.')).toBeVisible()
  await say(page, 'still here')
  await expect(row(page, 'still here')).toBeVisible()

  await page.unroute(parts)
  await networkIsBack(page)
  const palette = page.getByRole('dialog', { name: 'Search and commands' })
  await expect(palette).toBeVisible()
  // With its looks, which could not be had at first either.
  await expect(palette).toHaveCSS('overflow', 'hidden')
  await page.keyboard.press('Escape')

  await page.route(parts, (route) => route.abort())
  await page.reload()
  await expect(row(page, 'still here')).toBeVisible()
  await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Settings' }).click()
  await expect(page.getByRole('heading', { name: 'You’re offline' })).toBeVisible()
  await passes(page, 'a page that could not be fetched')
  await page.unroute(parts)
  await networkIsBack(page)
  await expect(page.getByRole('heading', { name: 'Settings', level: 1 })).toBeVisible()
})

test('a page that is older than the server goes on without what nobody asked for', async ({ friends, watch }) => {
  watch.allow(/status of 404/)
  const [amara, , roomId] = await friends()
  const page = await amara.open('/you')
  let asked = 0
  await page.route(/assets\/LeavingNotice/, (route) => {
    asked += 1
    return route.fulfill({ status: 404 })
  })
  await page.goto(new URL(`/r/${roomId}`, page.url()).href)

  await expect.poll(() => asked, { timeout: 40_000 }).toBeGreaterThan(3)

  await say(page, 'still here')
  await expect(row(page, 'still here')).toBeVisible()
})
