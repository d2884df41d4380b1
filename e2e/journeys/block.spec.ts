import { sayTyping, sendMessage, type LocalId } from '@connectly/protocol'
import { befriend, newId } from '@connectly/server/test-kit'
import { chat, dialog, inChatMenu, tick, toList } from '../support/acts.ts'
import { passes } from '../support/axe.ts'
import { composer, messages, row, say } from '../support/room.ts'
import { expect, test } from '../support/test.ts'

test('blocked in mid-typing, and it is not noticed', async ({ someone, group, here, there }) => {
  test.setTimeout(240_000)
  const [noor, amara, priya] = [await someone('noor'), await someone('amara'), await someone('priya')]
  const roomId = await befriend(noor, amara)
  for (const one of [noor, amara]) await befriend(one, priya)
  const groupId = await group('Lisbon in May', priya, [noor, amara])
  const hers = await noor.open(`/r/${roomId}`, { size: here, colorScheme: 'dark' })
  const theirs = await amara.open(`/r/${roomId}`, { size: there, colorScheme: 'light' })
  const header = hers.locator('.head')
  await expect(header.getByText('online', { exact: true })).toBeVisible()
  await say(theirs, 'Are you there?')
  await expect(row(hers, 'Are you there?')).toBeVisible()
  await expect(tick(theirs, 'Are you there?', 'Read')).toBeAttached()

  await test.step('typing and presence go, and the composer is a sentence', async () => {
    await composer(theirs).pressSequentially('Because I')
    await expect(header.getByText('typing', { exact: true })).toBeVisible()
    await inChatMenu(hers, 'Block')
    const asking = dialog(hers, `Block ${amara.name}?`)
    await expect(asking.getByText(/isn’t told\. Messages to you stay on one tick\./)).toBeVisible()
    await passes(hers, 'blocking somebody')
    await asking.getByRole('button', { name: 'Block' }).click()
    await expect(hers.getByText(`You blocked ${amara.name}. They can’t reach you here.`)).toBeVisible()
    await expect(header.getByText('typing', { exact: true })).toHaveCount(0)
    await expect(header.getByText('online', { exact: true })).toHaveCount(0)
    await expect(composer(hers)).toHaveCount(0)
    await hers.getByRole('button', { name: 'Dismiss' }).click()
    await passes(hers, 'a blocked room')
  })

  await test.step('the blocked person notices nothing: one tick, the same screen, also after a reload', async () => {
    await composer(theirs).fill('Because I have the tickets')
    await composer(theirs).press('Enter')
    await expect(tick(theirs, 'Because I have the tickets', 'Sent')).toBeAttached()
    await expect(composer(theirs)).toBeEditable()
    await expect(theirs.getByText(/block/i)).toHaveCount(0)
    await expect(hers.getByText('Because I have the tickets')).toHaveCount(0)
    await theirs.reload()
    await expect(tick(theirs, 'Because I have the tickets', 'Sent')).toBeAttached()
    await expect(tick(theirs, 'Are you there?', 'Read')).toBeAttached()
    await expect(theirs.locator('.head').getByText('online', { exact: true })).toHaveCount(0)
    await hers.reload()
    await expect(row(hers, 'Are you there?')).toBeVisible()
    await expect(hers.getByText('Because I have the tickets')).toHaveCount(0)
  })

  await test.step('in a group that both are in, neither sees what the other says', async () => {
    for (const page of [hers, theirs]) {
      await toList(page)
      await chat(page, 'Lisbon in May').click()
      await expect(page.getByRole('heading', { level: 1, name: 'Lisbon in May' })).toBeVisible()
    }
    await amara.ask(sayTyping, { roomId: groupId, isTyping: true }).catch(() => undefined)
    await say(theirs, 'from Amara')
    await say(hers, 'from Noor')
    const body = { kind: 'text' as const, text: 'from Priya' }
    await priya.ask(sendMessage, { roomId: groupId, localId: newId<LocalId>(), body })
    for (const page of [hers, theirs]) await expect(row(page, 'from Priya')).toBeVisible()
    await expect(messages(hers).getByText('from Amara')).toHaveCount(0)
    await expect(messages(theirs).getByText('from Noor')).toHaveCount(0)
    await expect(hers.locator('.head').getByText(/writing/)).toHaveCount(0)
  })

  await test.step('unblocked where one would write: both reach each other again', async () => {
    await toList(hers)
    await chat(hers, amara.name).click()
    await hers.getByRole('button', { name: 'Unblock' }).click()
    await expect(composer(hers)).toBeEditable()
    await toList(theirs)
    await chat(theirs, noor.name).click()
    await say(hers, 'Here I am')
    await expect(row(theirs, 'Here I am')).toBeVisible()
    await expect(header.getByText('online', { exact: true })).toBeVisible()
    await say(theirs, 'At last')
    await expect(row(hers, 'At last')).toBeVisible()
    await expect(tick(theirs, 'At last', 'Read')).toBeAttached()
    await expect(hers.getByText('Because I have the tickets')).toHaveCount(0)
    await passes(theirs, 'after all that')
  })
})
