import { befriend } from '@connectly/server/test-kit'
import type { Page } from '@playwright/test'
import { act, dialog, said } from '../support/acts.ts'
import { passes } from '../support/axe.ts'
import { composer, messages, row, say, settled } from '../support/room.ts'
import { seedMessages } from '../support/seed.ts'
import { expect, test } from '../support/test.ts'

/** Each is one letter to a person: joined, coloured, with flags, with marks above. */
const letters = ['👨‍👩‍👧‍👦', '👍🏽', '🏳️‍🌈', '🇵🇹', 'é', 'क्षि']

test('all that one does with messages', { tag: '@phone' }, async ({ someone, group, server, here, there }) => {
  test.setTimeout(240_000)
  const [noor, amara, priya] = [await someone('noor'), await someone('amara'), await someone('priya')]
  for (const other of [amara, priya]) await befriend(noor, other)
  const roomId = await group('Lisbon in May', noor, [amara, priya])
  await seedMessages(server, roomId, [noor, amara, priya], 40)
  const hers = await noor.open(`/r/${roomId}`, { size: here, colorScheme: 'light' })
  const theirs = await amara.open(`/r/${roomId}`, { size: there, colorScheme: 'dark' })
  for (const page of [hers, theirs]) {
    await expect(messages(page).getByText('message 40')).toBeVisible()
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write'])
  }

  await test.step('a reply quotes, and its quote leads back and lights up', async () => {
    await say(theirs, 'Which ferry?')
    await act(hers, said(hers, 'Which ferry?'), 'Reply')
    await expect(composer(hers)).toBeFocused()
    await expect(hers.getByText(`Reply to ${amara.name}`)).toBeVisible()
    await passes(hers, 'replying')
    await hers.keyboard.type('The 7:40')
    await hers.keyboard.press('Enter')
    const quote = said(theirs, 'The 7:40').locator('.quote')
    await expect(quote).toContainText('Which ferry?')
    await expect(quote).toContainText('You')
    for (let n = 0; n < 14; n++) await say(hers, `and ${n}`)
    await expect(row(theirs, 'and 13')).toBeVisible()
    await theirs.locator('.msgs').evaluate((list) => list.scrollTo(0, list.scrollHeight))
    await quote.click()
    await expect(said(theirs, 'Which ferry?').locator('.msg--flash')).toBeAttached()
    await expect(said(theirs, 'Which ferry?')).toBeInViewport()
    await expect(theirs.locator('.msg--flash')).toHaveCount(0)
  })

  await test.step('an edit is marked, and shows what was said before', async () => {
    await composer(hers).press('ArrowUp')
    await expect(hers.getByText('Edit message')).toBeVisible()
    await expect(composer(hers)).toHaveValue('and 13')
    await composer(hers).fill('and fourteen')
    await hers.getByRole('button', { name: 'Save' }).click()
    await toEnd(theirs)
    await expect(row(theirs, 'and fourteen')).toBeVisible()
    await expect(composer(hers)).toHaveValue('')
    await said(theirs, 'and fourteen').getByRole('button', { name: 'edited' }).click()
    const versions = dialog(theirs, 'Earlier versions')
    await expect(versions.locator('.ver del')).toHaveText('13')
    await expect(versions.locator('.ver ins')).toHaveText('fourteen')
    await expect(versions.getByText('Nothing changed on the way')).toBeVisible()
    await passes(theirs, 'earlier versions')
    await theirs.keyboard.press('Escape')
    await expect(versions).toBeHidden()
    await theirs.reload()
    await expect(said(theirs, 'and fourteen').getByRole('button', { name: 'edited' })).toBeVisible()
  })

  await test.step('deleted for me leaves the others’; deleted for everyone leaves a line', async () => {
    await act(hers, said(hers, 'and 12'), 'Delete')
    const asking = dialog(hers, 'Delete this message?')
    await expect(asking).toBeVisible()
    await passes(hers, 'deleting a message')
    await asking.getByRole('radio', { name: /Just for me/ }).check()
    await asking.getByRole('button', { name: 'Delete for me' }).click()
    await expect(row(hers, 'and 12')).toHaveCount(0)
    await expect(row(theirs, 'and 12')).toBeVisible()
    await scrollTo(theirs, 'Which ferry?')
    await act(theirs, said(theirs, 'Which ferry?'), 'Delete')
    const their = dialog(theirs, 'Delete this message?')
    await expect(their.getByText(/^4[78] h left$/)).toBeVisible()
    await their.getByRole('button', { name: 'Delete for everyone' }).click()
    await expect(messages(theirs).getByText('You deleted this message')).toBeVisible()
    await scrollTo(hers, `${amara.name} deleted this message`)
    await expect(messages(hers).getByText(`${amara.name} deleted this message`)).toBeVisible()
    await expect(messages(hers).getByText('Which ferry?')).toHaveCount(0)
    await expect(said(hers, 'The 7:40').getByText('Message unavailable')).toBeVisible()
    await passes(hers, 'a deleted message')
    await toEnd(hers)
    await toEnd(theirs)
  })

  await test.step('several are chosen, copied in order, and deleted at once', async () => {
    await say(hers, 'pick one', 'pick two', 'pick three')
    await settled(hers)
    await act(hers, said(hers, 'pick one'), 'Select')
    await expect(hers.getByText('1 selected')).toBeVisible()
    for (const text of ['pick two', 'pick three']) await said(hers, text).locator('.bubble').click()
    await expect(hers.getByText('3 selected')).toBeVisible()
    await passes(hers, 'selecting')
    const bar = hers.getByRole('toolbar', { name: 'Selected messages' })
    await bar.getByRole('button', { name: 'Copy' }).click()
    await expect(hers.getByText('3 messages copied')).toBeVisible()
    expect(await clipboard(hers)).toMatch(/^\[\d\d:\d\d\] \S+: pick one\n\[.*: pick two\n\[.*: pick three$/)
    await expect(composer(hers)).toBeEditable()
    await act(hers, said(hers, 'pick one'), 'Select')
    await said(hers, 'pick two').locator('.bubble').click()
    await bar.getByRole('button', { name: 'Delete' }).click()
    const asking = dialog(hers, 'Delete 2 messages?')
    await asking.getByRole('button', { name: 'Delete for everyone' }).click()
    await expect(row(hers, 'pick one')).toHaveCount(0)
    await expect(row(theirs, 'pick two')).toHaveCount(0)
    await expect(row(theirs, 'pick three')).toBeVisible()
    await expect(composer(hers)).toBeEditable()
  })

  await test.step('Markdown, a link and a spoiler are drawn, and copied to the letter', async () => {
    const source = 'I have **two** plans: *early* and ~~late~~, `7:40`, ||the tram|| https://example.org/a'
    await say(hers, source)
    const message = messages(theirs).locator('li[data-index]').filter({ hasText: 'plans' })
    await expect(message.locator('strong')).toHaveText('two')
    await expect(message.locator('em')).toHaveText('early')
    await expect(message.locator('s')).toHaveText('late')
    await expect(message.locator('code')).toHaveText('7:40')
    await expect(message.getByRole('link', { name: 'https://example.org/a' })).toHaveAttribute('rel', /noopener/)
    await message.getByRole('button', { name: 'Spoiler. Show it' }).click()
    await expect(message.locator('.md__spoiler--open')).toHaveText('the tram')
    await passes(theirs, 'Markdown')
    await act(theirs, message, await copyName(theirs))
    expect(await clipboard(theirs)).toBe(source)
  })

  await test.step('somebody is meant by keyboard alone, under their name, and sees it lit', async () => {
    await composer(hers).pressSequentially('Ask @')
    const menu = hers.getByRole('listbox', { name: 'People to mention' })
    await expect(menu.getByRole('option')).toHaveCount(3)
    await hers.keyboard.type('ama')
    await expect(menu.getByRole('option')).toHaveCount(1)
    await expect(composer(hers)).toHaveAttribute('aria-activedescendant', /./)
    await passes(hers, 'whom to mention')
    await hers.keyboard.press('Enter')
    await expect(composer(hers)).toHaveValue(`Ask @${amara.name} `)
    await hers.keyboard.type('about it')
    await hers.keyboard.press('Enter')
    await expect(said(theirs, /about it$/).locator('.at--me')).toHaveText(`@${amara.name}`)
    await expect(said(hers, /about it$/).locator('.at')).not.toHaveClass(/at--me/)
    await composer(hers).pressSequentially('@pri')
    await expect(menu.getByRole('option')).toHaveCount(1)
    await hers.keyboard.press('Escape')
    await expect(menu).toBeHidden()
    await composer(hers).fill('')
  })

  await test.step('a letter made of many stays one, whatever is done to it', async () => {
    await say(hers, letters.join(' '))
    await expect(row(theirs, letters.join(' '))).toBeVisible()
    await act(hers, said(hers, letters.join(' ')), 'Edit')
    await expect(composer(hers)).toHaveValue(letters.join(' '))
    await expect(composer(hers)).toBeFocused()
    await hers.keyboard.press('Escape')
    await expect(composer(hers)).toHaveValue('')
    await act(theirs, said(theirs, letters.join(' ')), await copyName(theirs))
    expect(await clipboard(theirs)).toBe(letters.join(' '))
    await say(hers, '👨‍👩‍👧‍👦')
    await expect(said(theirs, '👨‍👩‍👧‍👦').locator('.bubble')).toBeVisible()
    await expect(said(theirs, '👨‍👩‍👧‍👦').locator('.msg--jumbo')).toBeVisible()
    await say(hers, 'مرحبا by the way')
    await expect(row(theirs, 'مرحبا by the way')).toBeVisible()
    await passes(theirs, 'the room at the end')
  })
})

const clipboard = (page: Page) => page.evaluate(() => navigator.clipboard.readText())

/** On a phone there is less room for words. */
async function copyName(page: Page): Promise<string> {
  return (page.viewportSize()?.width ?? 0) < 768 ? 'Copy' : 'Copy text'
}

const toEnd = (page: Page) =>
  expect(async () => {
    await page.locator('.msgs').evaluate((list) => list.scrollTo(0, list.scrollHeight))
    await expect(page.getByRole('button', { name: /^Jump to newest/ })).toBeHidden({ timeout: 500 })
  }).toPass()

/** Scrolls up until this is drawn. */
const scrollTo = (page: Page, text: string) =>
  expect(async () => {
    await page.locator('.msgs').evaluate((list) => list.scrollBy(0, -300))
    await expect(messages(page).locator('.bubble__t').getByText(text, { exact: true })).toBeInViewport({ timeout: 300 })
  }).toPass()
