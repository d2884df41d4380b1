import { editProfile } from '@connectly/protocol'
import { befriend } from '@connectly/server/test-kit'
import { details, dialog, inMemberMenu, said, toList } from '../support/acts.ts'
import { passes } from '../support/axe.ts'
import { findAndAsk, sendRequest } from '../support/people.ts'
import { composer, row, say } from '../support/room.ts'
import { expect, test } from '../support/test.ts'

test(
  'a profile opens wherever somebody stands, and says who they are to me',
  { tag: '@phone' },
  async ({ someone, group, here, there }) => {
    test.setTimeout(240_000)
    const [noor, amara, priya] = [await someone('noor'), await someone('amara'), await someone('priya')]
    for (const other of [noor, priya]) await befriend(amara, other)
    await amara.ask(editProfile, { name: amara.name, about: 'Chasing first light between Lagos and Lisbon.' })
    const roomId = await group('Lisbon in May', amara, [noor, priya])
    const hers = await noor.open(`/r/${roomId}`, { size: here, colorScheme: 'dark' })
    const theirs = await amara.open(`/r/${roomId}`, { size: there, colorScheme: 'light' })
    const profile = (name: string) => dialog(hers, `Profile: ${name}`)

    await test.step('from the list of members: name, username, about, joined, role, groups in common', async () => {
      await inMemberMenu(hers, await details(hers, 'Lisbon in May'), amara.name, 'Profile')
      const sheet = profile(amara.name)
      await expect(sheet.getByText(`@${amara.name}`)).toBeVisible()
      await expect(sheet.getByText('Chasing first light between Lagos and Lisbon.')).toBeVisible()
      await expect(sheet.getByText('online', { exact: true })).toBeVisible()
      await expect(fact(sheet, 'Joined')).toHaveText(/./)
      await expect(fact(sheet, 'Account')).toHaveText('Person')
      await expect(fact(sheet, 'In Lisbon in May')).toHaveText('Owner')
      await sheet.getByRole('button', { name: '1 group in common' }).click()
      await expect(sheet.getByRole('link', { name: 'Lisbon in May' })).toBeVisible()
      await passes(hers, 'a profile')
      await hers.keyboard.press('Escape')
      await expect(sheet).toBeHidden()
      await hers.getByRole('button', { name: 'Close details' }).click()
    })

    await test.step('from what somebody said', async () => {
      await say(theirs, 'Anyone for the museum?')
      await expect(row(hers, 'Anyone for the museum?')).toBeVisible()
      await said(hers, 'Anyone for the museum?')
        .getByRole('button', { name: new RegExp(amara.name) })
        .first()
        .click()
      await expect(profile(amara.name)).toBeVisible()
      await profile(amara.name).getByRole('button', { name: 'Close' }).click()
    })

    await test.step('from the header of a chat of two, and on to the chat', async () => {
      await inMemberMenu(hers, await details(hers, 'Lisbon in May'), amara.name, 'Profile')
      await profile(amara.name).getByRole('button', { name: 'Message' }).click()
      await expect(hers.getByRole('heading', { level: 1, name: amara.name })).toBeVisible()
      await hers.getByRole('button', { name: `Open profile of ${amara.name}` }).click()
      await expect(profile(amara.name)).toBeVisible()
      await hers.goBack()
      await expect(profile(amara.name)).toBeHidden()
    })

    await test.step('somebody one does not talk to yet is asked from there', async () => {
      await toList(hers)
      await hers.goto(new URL(`/r/${roomId}`, hers.url()).href)
      await inMemberMenu(hers, await details(hers, 'Lisbon in May'), priya.name, 'Profile')
      await profile(priya.name).getByRole('button', { name: 'Ask to talk' }).click()
      await sendRequest(hers, 'We are both in Lisbon in May')
      await expect(hers.getByText(`Waiting for ${priya.name}`)).toBeVisible()
    })
  },
)

test('requests with all that may become of them', async ({ someone, group, here, there }) => {
  const [noor, amara, priya] = [await someone('noor'), await someone('amara'), await someone('priya')]
  const kenji = await someone('kenji')
  for (const other of [noor, amara]) await befriend(priya, other)
  await group('Lisbon in May', priya, [noor, amara])
  const hers = await noor.open('/requests', { size: there, colorScheme: 'light' })
  const theirs = await amara.open('/', { size: here, colorScheme: 'dark' })
  const stranger = await kenji.open()
  await findAndAsk(theirs, noor.name)
  await sendRequest(theirs, 'May I ask you about the museum?')
  await findAndAsk(stranger, noor.name)
  await sendRequest(stranger, 'Buy my tickets')
  const received = hers.getByRole('tabpanel', { name: 'Requests received' })
  await expect(received.getByRole('listitem')).toHaveCount(2)
  await expect(hers.getByRole('tab', { name: /^Received/ })).toContainText('2')
  await passes(hers, 'requests')

  await test.step('one says where both are, and opens the profile', async () => {
    await received.getByRole('link', { name: amara.name }).click()
    await expect(hers.getByText('You’re both in Lisbon in May')).toBeVisible()
    await expect(hers.getByText('They can’t see that you’ve read this, or when you’re online.')).toBeVisible()
    await hers.getByRole('button', { name: `Open profile of ${amara.name}` }).click()
    await expect(
      dialog(hers, `Profile: ${amara.name}`).getByRole('button', { name: 'See their request' }),
    ).toBeVisible()
    await hers.keyboard.press('Escape')
    await passes(hers, 'a request')
    await hers.getByRole('button', { name: 'Accept' }).click()
    await expect(row(hers, 'May I ask you about the museum?')).toBeVisible()
    await expect(composer(theirs)).toBeEditable()
  })

  await test.step('another is blocked from its menu; who asked sees it wait, as before', async () => {
    const asTheySawIt = await stranger.getByRole('region', { name: noor.name }).ariaSnapshot()
    await hers.goto(new URL('/requests', hers.url()).href)
    await received.getByRole('link', { name: kenji.name }).click()
    await hers.getByRole('button', { name: 'More' }).click()
    await hers.getByRole('menuitem', { name: 'Block' }).click()
    await dialog(hers, `Block ${kenji.name}?`).getByRole('button', { name: 'Block' }).click()
    await expect(hers.getByText('No one’s waiting')).toBeVisible()
    await passes(hers, 'no requests')
    await stranger.reload()
    await expect(stranger.getByText('Waiting for an answer')).toBeVisible()
    expect(await stranger.getByRole('region', { name: noor.name }).ariaSnapshot()).toBe(asTheySawIt)
    await hers.goto(new URL('/settings/privacy', hers.url()).href)
    await hers.getByRole('button', { name: `Unblock ${kenji.name}` }).click()
    await expect(hers.getByText('Nobody. You block someone in their profile.')).toBeVisible()
  })
})

const fact = (sheet: ReturnType<typeof dialog>, label: string) =>
  sheet
    .locator('dl > div')
    .filter({ has: sheet.page().getByText(label, { exact: true }) })
    .locator('dd')
