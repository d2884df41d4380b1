import { addMember, removeMember } from '@connectly/protocol'
import { befriend } from '@connectly/server/test-kit'
import { chat, toList } from '../support/acts.ts'
import { passes } from '../support/axe.ts'
import { allTexts, composer, news, row, say } from '../support/room.ts'
import { expect, test } from '../support/test.ts'

test('who is removed with the room open sees that it is gone, hears no more of it, and may come back', async ({
  someone,
  group,
}) => {
  const [noor, amara, priya] = [await someone('noor'), await someone('amara'), await someone('priya')]
  for (const other of [amara, priya]) await befriend(noor, other)
  const roomId = await group('Lisbon in May', noor, [amara, priya])
  const hers = await noor.open(`/r/${roomId}`)
  const theirs = await amara.open(`/r/${roomId}`, { size: 'phone', colorScheme: 'dark' })
  const atDesk = await amara.open(`/r/${roomId}`)
  const others = await priya.open(`/r/${roomId}`, { colorScheme: 'dark' })
  await say(hers, 'Who has the tickets?')
  for (const page of [theirs, atDesk, others]) await expect(row(page, 'Who has the tickets?')).toBeVisible()
  await composer(theirs).fill('I do, both of')
  await expect(hers.getByText(`${amara.name} is writing`).first()).toBeVisible()

  await test.step('removed: the screen says so, on every device, with a way back', async () => {
    await noor.ask(removeMember, { roomId, userId: amara.userId })
    for (const page of [theirs, atDesk]) {
      await expect(page.getByRole('heading', { name: 'This page wandered off' })).toBeVisible()
      await expect(page.getByText('Who has the tickets?')).toHaveCount(0)
      await expect(chat(page, 'Lisbon in May')).toHaveCount(0)
      await expect(page).toHaveTitle(/This page wandered off/)
    }
    await expect(hers.getByText(`${amara.name} is writing`)).toHaveCount(0)
    await passes(theirs, 'removed, on a phone')
    await passes(atDesk, 'removed, on a desk')
  })

  await test.step('nothing that is said then reaches them', async () => {
    await say(hers, 'She may not read this')
    await expect(row(others, 'She may not read this')).toBeVisible()
    await theirs.getByRole('link', { name: 'Back to chats' }).click()
    await expect(chat(theirs, noor.name)).toBeVisible()
    await expect(chat(theirs, 'Lisbon in May')).toHaveCount(0)
    await theirs.reload()
    await expect(chat(theirs, noor.name)).toBeVisible()
    await expect(chat(theirs, 'Lisbon in May')).toHaveCount(0)
    await expect(news(atDesk)).toHaveCount(0)
    await expect(atDesk.getByText('She may not read this')).toHaveCount(0)
    await atDesk.reload()
    await expect(atDesk.getByRole('heading', { name: 'This page wandered off' })).toBeVisible()
  })

  await test.step('added again, they see what is said from then on', async () => {
    await noor.ask(addMember, { roomId, userId: amara.userId })
    await say(hers, 'Welcome back')
    await expect(row(atDesk, 'Welcome back')).toBeVisible()
    await toList(theirs)
    await chat(theirs, 'Lisbon in May').click()
    await expect(row(theirs, 'Welcome back')).toBeVisible()
    await say(theirs, 'Tickets: both of them')
    await expect(row(hers, 'Tickets: both of them')).toBeVisible()
    for (const page of [atDesk, theirs])
      await expect.poll(() => allTexts(page)).toEqual(['Welcome back', 'Tickets: both of them'])
    await passes(theirs, 'back in the room')
  })
})
