import { addMember, removeMember } from '@connectly/protocol'
import type { Locator, Page } from '@playwright/test'
import { allTexts, composer, messages, networkIsBack, row, say, settled, writeHalfALetter } from '../support/room.ts'
import { expect, test } from '../support/test.ts'
import { awayNoise } from '../support/watch.ts'

const sending = (page: Page, text: string): Locator => row(page, text).getByText('Sending', { exact: true })
/** The tick of what the server has kept: who looks on may have got or read it by then. */
const sent = (page: Page, text: string): Locator => row(page, text).getByText(/^(?:Sent|Delivered|Read)$/)

test.beforeEach(({ watch }) => watch.allow(awayNoise))

test('[OB1] [OB3] messages that wait survive a reload and go out once, also where only the answer was lost', async ({
  friends,
  wire,
  there,
}) => {
  const [amara, benoit, roomId] = await friends()
  const hers = await amara.open(`/r/${roomId}`)
  const his = await benoit.open(`/r/${roomId}`, { size: there })
  await expect(row(hers, 'Hello there')).toBeVisible()
  await expect(row(his, 'Hello there')).toBeVisible()

  // The server takes the first of these, and she cannot know.
  wire.mute()
  await say(hers, 'one', 'two')
  await expect(sending(hers, 'two')).toBeAttached()
  wire.cut()
  await say(hers, 'three')
  await expect(sending(hers, 'three')).toBeAttached()

  wire.mend()
  wire.refuseSockets()
  await hers.reload()
  for (const text of ['one', 'two', 'three']) await expect(sending(hers, text)).toBeAttached()

  wire.mend()
  for (const page of [hers, his]) await networkIsBack(page)
  await expect(row(his, 'three')).toBeVisible({ timeout: 30_000 })
  await settled(hers)
  const all = ['Hello there', 'one', 'two', 'three']
  expect(await allTexts(hers)).toEqual(all)
  expect(await allTexts(his)).toEqual(all)
})

test('[OB2] [OB3] what two tabs of one person write goes out once each, in the order of each tab', async ({
  friends,
  wire,
}) => {
  const [amara, benoit, roomId] = await friends()
  const first = await amara.open(`/r/${roomId}`)
  const second = await first.context().newPage()
  await second.goto(`${wire.url}/r/${roomId}`)
  const his = await benoit.open(`/r/${roomId}`)
  for (const page of [first, second, his]) await expect(row(page, 'Hello there')).toBeVisible()

  wire.cut()
  const [ofFirst, ofSecond] = [
    ['a1', 'a2', 'a3', 'a4', 'a5', 'a6'],
    ['b1', 'b2', 'b3', 'b4', 'b5', 'b6'],
  ]
  for (const [n, text] of ofFirst.entries()) {
    await say(first, text)
    await say(second, ofSecond[n] ?? '')
  }
  await expect(sending(first, 'b6')).toBeAttached()
  await expect(sending(second, 'a6')).toBeAttached()

  wire.mend()
  for (const page of [first, second, his]) await networkIsBack(page)
  await expect(row(his, 'b6')).toBeVisible({ timeout: 30_000 })
  await expect(row(his, 'a6')).toBeVisible({ timeout: 30_000 })
  await Promise.all([settled(first), settled(second)])
  const seen = await allTexts(his)
  expect(seen).toHaveLength(13)
  expect(seen.filter((text) => text.startsWith('a'))).toEqual(ofFirst)
  expect(seen.filter((text) => text.startsWith('b'))).toEqual(ofSecond)
  await expect.poll(() => allTexts(first)).toEqual(seen)
  await expect.poll(() => allTexts(second)).toEqual(seen)
})

test(
  '[OB2] [OB5] offline is said, writing goes on, and everything goes out in order',
  { tag: '@phone' },
  async ({ friends, there }) => {
    const [amara, benoit, roomId] = await friends()
    const hers = await amara.open(`/r/${roomId}`)
    const his = await benoit.open(`/r/${roomId}`, { size: there })
    await expect(row(hers, 'Hello there')).toBeVisible()
    await expect(row(his, 'Hello there')).toBeVisible()

    await hers.context().setOffline(true)
    await expect(hers.getByText('You’re offline. Messages go out when you’re back.')).toBeVisible()
    await say(hers, 'one', 'two', 'three')
    await expect(sending(hers, 'one')).toBeAttached()
    await expect(sending(hers, 'three')).toBeAttached()
    await expect(composer(hers)).toHaveValue('')

    await hers.context().setOffline(false)
    await expect(row(his, 'three')).toBeVisible()
    await expect(hers.getByText(/You’re offline/)).toBeHidden()
    await settled(hers)
    expect(await allTexts(his)).toEqual(['Hello there', 'one', 'two', 'three'])
  },
)

test('[OB4] a message that the server refuses stays as not sent, can be deleted, and holds nothing up', async ({
  friends,
}) => {
  const [amara, benoit, roomId] = await friends()
  const [hers, his] = [await amara.open(`/r/${roomId}`), await benoit.open(`/r/${roomId}`)]
  await expect(row(hers, 'Hello there')).toBeVisible()

  await hers.context().setOffline(true)
  await say(hers, 'before')
  await writeHalfALetter(hers)
  await say(hers, 'behind')
  await hers.context().setOffline(false)

  await expect(sent(hers, 'before')).toBeAttached({ timeout: 30_000 })
  await expect(sent(hers, 'behind')).toBeAttached()
  const failed = messages(hers).getByRole('listitem').filter({ hasText: 'half' })
  await expect(failed.getByText('Something there doesn’t fit.')).toBeVisible()
  await hers.reload()
  await expect(failed.getByText('Not sent', { exact: true })).toBeAttached()
  await failed.getByRole('button', { name: 'Delete' }).click()
  await expect(failed).toHaveCount(0)
  await hers.reload()
  await expect(row(hers, 'behind')).toBeVisible()
  expect(await allTexts(hers)).toEqual(['Hello there', 'before', 'behind'])
  expect(await allTexts(his)).toEqual(['Hello there', 'before', 'behind'])
})

test('[OB4] who was removed from a group before a message went out can send it once they are back', async ({
  friends,
  group,
}) => {
  const [amara, benoit] = await friends()
  const roomId = await group('Lisbon in May', benoit, [amara])
  const [hers, his] = [await amara.open(`/r/${roomId}`), await benoit.open(`/r/${roomId}`)]
  await expect(messages(hers).getByText(/made this group/)).toBeVisible()

  await hers.context().setOffline(true)
  await say(hers, 'Who brings the map?')
  await benoit.ask(removeMember, { roomId, userId: amara.userId })
  await hers.context().setOffline(false)
  await expect(hers.getByRole('heading', { name: 'This page wandered off' })).toBeVisible()
  await expect.poll(() => outboxOf(hers, amara.userId)).toEqual(['failed'])

  await benoit.ask(addMember, { roomId, userId: amara.userId })
  const failed = row(hers, 'Who brings the map?')
  await expect(failed.getByText('This chat isn’t shared with you.')).toBeVisible()
  await failed.getByRole('button', { name: 'Try again' }).click()
  await expect(sent(hers, 'Who brings the map?')).toBeAttached()
  await expect(row(his, 'Who brings the map?')).toBeVisible()
  expect(await allTexts(his)).toEqual(['Who brings the map?'])
})

/** How it stands with what the device keeps to be sent, where no screen shows it. */
function outboxOf(page: Page, userId: string): Promise<string[]> {
  return page.evaluate(
    (name) =>
      new Promise<string[]>((done, fail) => {
        const opening = indexedDB.open(name)
        opening.addEventListener('error', () => fail(new Error(`no ${name}`)))
        opening.addEventListener('success', () => {
          const all = opening.result.transaction('outbox').objectStore('outbox').getAll()
          all.addEventListener('success', () => {
            opening.result.close()
            done(all.result.map((entry: { state: string }) => entry.state))
          })
        })
      }),
    `connectly-${userId}`,
  )
}
