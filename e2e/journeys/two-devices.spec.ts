import { markRead, sendMessage, type LocalId, type RoomId } from '@connectly/protocol'
import { befriend, newId } from '@connectly/server/test-kit'
import type { Locator, Page } from '@playwright/test'
import { act, chat, dialog, inRowMenu, said, tick, toList } from '../support/acts.ts'
import { passes } from '../support/axe.ts'
import { composer, messages, row, say } from '../support/room.ts'
import { seedMessages } from '../support/seed.ts'
import { expect, test, type Someone } from '../support/test.ts'
import { awayNoise } from '../support/watch.ts'

test('a day of one person on two devices', async ({ someone, group, server, watch }) => {
  watch.allow(awayNoise)
  test.setTimeout(180_000)
  const [noor, amara, priya] = [await someone('noor'), await someone('amara'), await someone('priya')]
  const direct = await befriend(amara, noor)
  await befriend(noor, priya)
  const groupId = await group('Lisbon in May', noor, [amara, priya])
  await seedMessages(server, groupId, [amara, priya], 60)
  await noor.ask(markRead, { roomId: groupId, seq: 1_000 }).catch(() => undefined)
  const desk = await noor.open('/', { size: 'desktop', colorScheme: 'light' })
  const phone = await noor.open('/', { size: 'phone', colorScheme: 'dark' })
  const both = [desk, phone]
  const theirs = await amara.open(`/r/${direct}`, { size: 'desktop', colorScheme: 'dark' })
  await expect(composer(theirs)).toBeEditable()

  await test.step('what is said shows as the same count on both', async () => {
    for (const page of both) await readAll(page)
    await equalBadges(both, amara.name, null)
    await say(theirs, 'Morning', 'The ferry is at 7:40')
    await equalBadges(both, amara.name, '2 unread')
    await speak(priya, groupId, 'Has everybody a ticket?')
    await equalBadges(both, 'Lisbon in May', '1 unread')
    await speak(priya, groupId, '@noor have you?', noor)
    await equalBadges(both, 'Lisbon in May', '2 unread')
    for (const page of both) {
      await expect(chat(page, 'Lisbon in May').getByText('Mentions you')).toBeAttached()
      await expect(page.getByRole('button', { name: /^Unread/ })).toHaveText('Unread2')
    }
    await passes(desk, 'the list on a desk')
    await passes(phone, 'the list on a phone')
  })

  await test.step('read on one, read on the other; the line stands where it began, and stays', async () => {
    await chat(phone, amara.name).click()
    await expect(phone.getByText('2 unread messages', { exact: true })).toBeVisible()
    await equalBadges([desk], amara.name, null)
    await expect(tick(theirs, 'The ferry is at 7:40', 'Read')).toBeAttached()
    await say(theirs, 'Bring a jacket')
    await expect(row(phone, 'Bring a jacket')).toBeVisible()
    await expect(phone.locator('.unsep')).toHaveCount(1)
    await expect(phone.getByText('2 unread messages', { exact: true })).toBeVisible()
    await equalBadges([desk], amara.name, null)
    await toList(phone)
    await chat(phone, amara.name).click()
    await expect(row(phone, 'Bring a jacket')).toBeVisible()
    await expect(phone.locator('.unsep')).toHaveCount(0)
  })

  await test.step('ticks go from sending to read in their place, and no word moves', async () => {
    await chat(desk, amara.name).click()
    await expect(row(desk, 'Bring a jacket')).toBeVisible()
    await theirs.goto(new URL('/requests', theirs.url()).href)
    await desk.context().setOffline(true)
    await say(desk, 'I will')
    await expect(tick(desk, 'I will', 'Sending')).toBeAttached()
    const before = await place(row(desk, 'I will'))
    await desk.context().setOffline(false)
    await expect(tick(desk, 'I will', 'Delivered')).toBeAttached({ timeout: 30_000 })
    expect(await place(row(desk, 'I will'))).toEqual(before)
    await theirs.goto(new URL(`/r/${direct}`, theirs.url()).href)
    await expect(tick(desk, 'I will', 'Read')).toBeAttached()
    expect(await place(row(desk, 'I will'))).toEqual(before)
    await expect(tick(phone, 'I will', 'Read')).toBeAttached()
  })

  await test.step('the jump buttons count what is below, and lead to what mentions one', async () => {
    await chat(desk, 'Lisbon in May').click()
    await expect(desk.getByText('2 unread messages', { exact: true })).toBeVisible()
    await equalBadges([desk], 'Lisbon in May', null)
    await messages(desk).evaluate((list) => (list.parentElement as HTMLElement).scrollTo(0, 0))
    await expect(desk.getByRole('button', { name: 'Jump to newest' })).toBeVisible()
    await speak(priya, groupId, 'Who drives?')
    await expect(desk.getByRole('button', { name: 'Jump to newest, 1 unread message' })).toBeVisible()
    await speak(priya, groupId, '@noor you?', noor)
    await expect(desk.getByRole('button', { name: 'Jump to newest, 2 unread messages' })).toBeVisible()
    await passes(desk, 'jump buttons')
    await desk.getByRole('button', { name: 'Jump to a message that mentions you' }).click()
    await expect(said(desk, / you\?$/)).toBeInViewport()
    await expect(desk.getByRole('button', { name: /^Jump to/ })).toHaveCount(0)
    await toList(phone)
    await equalBadges([phone], 'Lisbon in May', null)
  })

  await test.step('marked as unread from a message: on both, until it is read again', async () => {
    await act(desk, said(desk, 'Who drives?'), 'Mark unread from here')
    await equalBadges([phone], 'Lisbon in May', '2 unread')
    await expect(desk.getByText('2 unread messages', { exact: true })).toBeVisible()
    await chat(desk, amara.name).click()
    await equalBadges(both, 'Lisbon in May', '2 unread')
    await chat(phone, 'Lisbon in May').click()
    await expect(said(phone, / you\?$/)).toBeInViewport()
    await equalBadges([desk], 'Lisbon in May', null)
    await toList(phone)
    await inRowMenu(phone, priya.name, 'Mark as unread')
    for (const page of both) await expect(chat(page, priya.name).getByText('Marked as unread')).toBeAttached()
    await inRowMenu(desk, priya.name, 'Mark as read')
    for (const page of both) await expect(chat(page, priya.name).getByText('Marked as unread')).toHaveCount(0)
  })

  await test.step('pinned and muted on one is so on the other', async () => {
    await inRowMenu(phone, priya.name, 'Pin')
    for (const page of both) {
      await expect(chat(page, priya.name).getByText('Pinned')).toBeAttached()
      await expect(page.getByRole('navigation', { name: 'Conversations' }).getByRole('link').first()).toContainText(
        priya.name,
      )
    }
    await inRowMenu(desk, 'Lisbon in May', 'Mute…')
    await expect(dialog(desk, 'Mute Lisbon in May')).toBeVisible()
    await passes(desk, 'muting a chat')
    await dialog(desk, 'Mute Lisbon in May').getByRole('button', { name: /^Mute/ }).click()
    for (const page of both) await expect(chat(page, 'Lisbon in May').getByText('Muted')).toBeAttached()
    await speak(priya, groupId, 'Only for the record')
    await equalBadges(both, 'Lisbon in May', '1 unread')
    await expect(phone.getByRole('button', { name: /^Unread/ })).toHaveText('Unread1')
    await expect(phone.locator('.tabbar').getByRole('link', { name: /^\d* ?Chats/ })).toHaveText('Chats')
  })

  await test.step('a draft is kept on its device, through a reload', async () => {
    await chat(desk, amara.name).click()
    await composer(desk).fill('I wanted to say')
    await chat(desk, priya.name).click()
    await expect(chat(desk, amara.name).getByText('Draft:')).toBeVisible()
    await desk.reload()
    await expect(chat(desk, amara.name)).toContainText('I wanted to say')
    await chat(desk, amara.name).click()
    await expect(composer(desk)).toHaveValue('I wanted to say')
    await composer(desk).press('Enter')
    await expect(row(theirs, 'I wanted to say')).toBeVisible()
    await chat(desk, priya.name).click()
    await expect(chat(desk, amara.name).getByText('Draft:')).toHaveCount(0)
  })

  await test.step('message info says who has it and who read it', async () => {
    await chat(phone, 'Lisbon in May').click()
    await say(phone, 'Seven thirty, everybody')
    await theirs.goto(new URL(`/r/${groupId}`, theirs.url()).href)
    await expect(row(theirs, 'Seven thirty, everybody')).toBeVisible()
    await expect(tick(phone, 'Seven thirty, everybody', 'Read')).toBeAttached()
    await act(phone, said(phone, 'Seven thirty, everybody'), 'Message info')
    const info = dialog(phone, 'Message info')
    await expect(info.getByRole('region', { name: /^Read by 1/ }).getByText(amara.name)).toBeVisible()
    await expect(info.getByRole('region', { name: 'Not yet' }).getByText(priya.name)).toBeVisible()
    await passes(phone, 'message info')
    await info.getByRole('button', { name: 'Close' }).click()
  })
})

/** Opens what is unread, so that nothing is. */
async function readAll(page: Page): Promise<void> {
  await expect(chat(page, 'Lisbon in May')).toBeVisible()
  await page.keyboard.press('Shift+Escape')
  await expect(chat(page, 'Lisbon in May').getByText(/unread$/)).toHaveCount(0)
}

/** The count in a chat's row, the same on all; `null` where there is none. */
async function equalBadges(pages: readonly Page[], name: string, text: string | null): Promise<void> {
  for (const page of pages) {
    const count = chat(page, name).getByText(/^\d+ unread$/)
    await (text === null ? expect(count).toHaveCount(0) : expect(count).toHaveText(text))
  }
}

/** How large a message is, and where in it its words and its time stand. */
const place = (message: Locator) =>
  message.locator('.bubble').evaluate((bubble) => {
    const { left, top } = bubble.getBoundingClientRect()
    return [bubble, ...bubble.querySelectorAll('.bubble__t, time')].map((part) => {
      const box = part.getBoundingClientRect()
      const places = [box.left - left, box.top - top, box.width, box.height].map((px) => Math.round(px * 100) / 100)
      return [part.className, ...places].join(' ')
    })
  })

async function speak(who: Someone, roomId: RoomId, text: string, meant?: Someone): Promise<void> {
  const mentions = meant ? [{ who: meant.userId, start: 0, length: text.indexOf(' ') }] : []
  const body = { kind: 'text' as const, text, ...(mentions.length > 0 && { mentions }) }
  await who.ask(sendMessage, { roomId, localId: newId<LocalId>(), body })
}
