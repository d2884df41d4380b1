import { holdAnswer } from '../support/frames.ts'
import { findAndAsk, sendRequest } from '../support/people.ts'
import { allTexts, row } from '../support/room.ts'
import { expect, test, type Someone } from '../support/test.ts'
import type { Page } from '@playwright/test'

async function toRequests(page: Page): Promise<void> {
  await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Requests' }).click()
  await expect(page.getByRole('heading', { level: 1, name: 'Requests' })).toBeVisible()
}

async function ask(from: Someone, to: Someone): Promise<Page> {
  const page = await from.open()
  await findAndAsk(page, to.name)
  await sendRequest(page, 'May I write to you?')
  await expect(page.getByText('Waiting for an answer')).toBeVisible()
  return page
}

test('a not now is invisible to who asked, and can still become a yes', async ({ someone, there }) => {
  const [amara, benoit] = [await someone('amara'), await someone('benoit')]
  const hers = await ask(amara, benoit)
  const his = await benoit.open('/requests', { size: there })
  await his.getByRole('link', { name: amara.name }).click()
  const asSheSawIt = await hers.getByRole('region', { name: benoit.name }).ariaSnapshot()

  await his.getByRole('button', { name: 'Not now' }).click()
  await expect(his.getByText('You can still accept.')).toBeVisible()
  await hers.reload()
  await expect(hers.getByText('Waiting for an answer')).toBeVisible()
  expect(await hers.getByRole('region', { name: benoit.name }).ariaSnapshot()).toBe(asSheSawIt)

  await his.getByRole('button', { name: 'Accept' }).click()
  await expect(row(his, 'May I write to you?')).toBeVisible()
  await expect(row(hers, 'May I write to you?')).toBeVisible()
})

test('a request that is taken back is gone for both', async ({ someone }) => {
  const [amara, benoit] = [await someone('amara'), await someone('benoit')]
  const hers = await ask(amara, benoit)
  const his = await benoit.open('/requests')
  await expect(his.getByRole('link', { name: amara.name })).toBeVisible()

  await hers.getByRole('button', { name: 'Take back' }).click()
  await expect(his.getByText('No one’s waiting')).toBeVisible()
  await expect(hers.getByRole('tab', { name: 'Sent' })).toBeVisible()
  await hers.getByRole('tab', { name: 'Sent' }).click()
  await expect(hers.getByText('Nothing on its way')).toBeVisible()
})

test('two who ask each other at the same moment land in one room with both their words', async ({ someone }) => {
  const [amara, benoit] = [await someone('amara'), await someone('benoit')]
  const [hers, his] = [await amara.open(), await benoit.open()]
  await findAndAsk(hers, benoit.name)
  await findAndAsk(his, amara.name)
  await hers.getByRole('dialog').getByRole('textbox', { name: 'Message' }).fill('I was first')
  await his.getByRole('dialog').getByRole('textbox', { name: 'Message' }).fill('No, I was')
  await Promise.all(
    [hers, his].map((page) => page.getByRole('dialog').getByRole('button', { name: 'Send request' }).click()),
  )
  for (const page of [hers, his]) {
    await expect(row(page, 'I was first')).toBeVisible()
    await expect(row(page, 'No, I was')).toBeVisible()
  }
  expect(new URL(hers.url()).pathname).toBe(new URL(his.url()).pathname)
  expect(await allTexts(hers)).toEqual(await allTexts(his))
})

test('who is asked back before their own question is answered lands in the room too', async ({ someone, wire }) => {
  const [amara, benoit] = [await someone('amara'), await someone('benoit')]
  const hers = await amara.open('/sign-in')
  const isAskedBack = Promise.withResolvers<void>()
  await holdAnswer(hers, 'requests.ask', isAskedBack.promise)
  await hers.goto(`${wire.url}/`)
  await findAndAsk(hers, benoit.name)
  await hers.getByRole('dialog').getByRole('textbox', { name: 'Message' }).fill('I was first')
  await hers.getByRole('dialog').getByRole('button', { name: 'Send request' }).click()
  const his = await benoit.open('/requests')
  await his.getByRole('link', { name: amara.name }).click()
  await his.getByRole('button', { name: 'Accept' }).click()
  await expect(hers.getByRole('link', { name: benoit.name })).toBeAttached()
  isAskedBack.resolve()
  await expect(row(hers, 'I was first')).toBeVisible()
})

test('a request is opened from the list and accepted, and who waits on its page is taken to the room', async ({
  someone,
  there,
}) => {
  const [amara, benoit] = [await someone('amara'), await someone('benoit')]
  const his = await benoit.open('/', { size: there, colorScheme: 'dark' })
  const hers = await ask(amara, benoit)
  await toRequests(his)
  await expect(his).toHaveTitle(/Requests/)
  await his.getByRole('link', { name: amara.name }).click()
  await expect(his.getByRole('heading', { level: 1, name: amara.name })).toBeVisible()
  await his.getByRole('button', { name: 'Accept' }).click()
  await expect(his).toHaveURL(/\/r\//)
  await expect(hers).toHaveURL(/\/r\//)
  await expect(row(hers, 'May I write to you?')).toBeVisible()
})

test('nobody can be asked twice, and who is known is opened instead', async ({ friends, someone }) => {
  const [amara, benoit, roomId] = await friends()
  const chidi = await someone('chidi')
  const hers = await ask(amara, chidi)
  await hers.getByRole('link', { name: 'Chats' }).first().click()
  const search = hers.getByRole('searchbox', { name: 'Search chats and people' })
  await search.fill(chidi.name)
  const people = hers.getByRole('region', { name: 'People' })
  await expect(people.getByText('Asked', { exact: true })).toBeVisible()
  await search.fill(benoit.name)
  await people.getByRole('button', { name: 'Open chat' }).click()
  await expect(hers).toHaveURL(new RegExp(roomId))
})
