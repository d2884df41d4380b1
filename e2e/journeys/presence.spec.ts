import { setPrivacy } from '@connectly/protocol'
import { befriend } from '@connectly/server/test-kit'
import type { Page } from '@playwright/test'
import { chat, details, toList } from '../support/acts.ts'
import { passes } from '../support/axe.ts'
import { composer, row, say } from '../support/room.ts'
import { expect, test } from '../support/test.ts'

/** From what happens to the moment every screen says it, in ms: two seconds, and what a busy machine takes besides. */
const SOON = 10_000

test('who is here and who writes is the same on every screen, and so is how many', async ({ someone, group, wire }) => {
  test.setTimeout(240_000)
  const names = ['noor', 'amara', 'priya', 'kenji'] as const
  const [noor, amara, priya, kenji] = [
    await someone(names[0]),
    await someone(names[1]),
    await someone(names[2]),
    await someone(names[3]),
  ]
  const roomId = await befriend(noor, amara)
  for (const other of [priya, kenji]) await befriend(noor, other)
  await group('Lisbon in May', noor, [amara, priya, kenji])
  const hers = await noor.open('/', { size: 'desktop', colorScheme: 'light' })
  const theirs = await amara.open('/', { size: 'phone', colorScheme: 'dark' })
  const all = [hers, theirs, await priya.open('/'), await kenji.open('/', { size: 'phone' })]

  await test.step('four people, four screens, one number', async () => {
    await expect(counted(hers)).toHaveText('4 online', { timeout: 10_000 })
    for (const page of all) await expect(counted(page)).toHaveText('4 online', { timeout: SOON })
    await expect(chat(hers, amara.name).getByText('Online', { exact: true })).toBeAttached()
  })

  await test.step('three tabs of one person are one person, and count until the last is closed', async () => {
    const [second, third] = [await theirs.context().newPage(), await theirs.context().newPage()]
    for (const page of [second, third]) await page.goto(`${wire.url}/`)
    for (const page of [second, third]) await expect(counted(page)).toHaveText('4 online')
    await second.close()
    await expect(counted(third)).toHaveText('4 online')
    await third.close()
    for (const page of all) await expect(counted(page)).toHaveText('4 online')
    await expect(chat(hers, amara.name).getByText('Online', { exact: true })).toBeAttached()
  })

  await test.step('who leaves is gone from every screen, and was last seen then', async () => {
    await chat(hers, amara.name).click()
    await expect(status(hers)).toHaveText('online')
    await expect(hers.locator('.head .dot')).toBeVisible()
    await theirs.goto('about:blank')
    for (const page of [hers, all[2]!, all[3]!]) await expect(counted(page)).toHaveText('3 online', { timeout: SOON })
    await expect(status(hers)).toHaveText(/^last seen (?:today|yesterday) at \d\d:\d\d$/, { timeout: SOON })
    await expect(chat(hers, amara.name).getByText('Online', { exact: true })).toHaveCount(0)
    await passes(hers, 'last seen')
    await theirs.goto(`${wire.url}/r/${roomId}`)
    await expect(status(hers)).toHaveText('online', { timeout: SOON })
    await expect(counted(hers)).toHaveText('4 online', { timeout: SOON })
  })

  await test.step('typing goes before online: in the header and in the list, with dots that hop', async () => {
    await expect(composer(theirs)).toBeEditable()
    await composer(theirs).pressSequentially('On my')
    await expect(status(hers)).toHaveText('typing')
    await expect(chat(hers, amara.name).getByText('typing', { exact: true })).toBeVisible()
    await expect.poll(() => moving(hers, '.head')).toContain('hop')
    await passes(hers, 'somebody types')
    await composer(theirs).press('Enter')
    await expect(row(theirs, 'On my')).toBeVisible()
    await expect(status(hers)).toHaveText('online')
    await expect(row(hers, 'On my')).toBeVisible()
    await expect.poll(() => moving(hers, '.head')).toContain('breathe')
  })

  await test.step('in a group up to two are named, more are counted', async () => {
    await chat(hers, 'Lisbon in May').click()
    await expect(status(hers)).toHaveText('4 people, 4 online')
    for (const page of all.slice(1)) {
      await toList(page)
      await chat(page, 'Lisbon in May').click()
      await expect(composer(page)).toBeEditable()
    }
    const writes = (page: Page) => composer(page).pressSequentially('x')
    await writes(theirs)
    await expect(status(hers)).toHaveText(`${amara.name} is writing`)
    await writes(all[2]!)
    await writes(theirs)
    await expect(status(hers)).toHaveText(/^\S+ and \S+ are writing$/)
    await expect(async () => {
      for (const page of all.slice(1)) await writes(page)
      await expect(status(hers)).toHaveText('3 people are writing', { timeout: 500 })
    }).toPass()
    const panel = await details(hers, 'Lisbon in May')
    await expect(panel.getByRole('button', { name: amara.name }).getByText('online')).toBeVisible()
    await passes(hers, 'three write')
    await panel.getByRole('button', { name: 'Close details' }).click()
  })

  await test.step('who does not show it is neither seen nor counted', async () => {
    await amara.ask(setPrivacy, { presence: 'nobody' })
    for (const page of [hers, all[2]!]) await expect(counted(page)).toHaveText('3 online', { timeout: SOON })
    await chat(hers, amara.name).click()
    await expect(status(hers)).toHaveText(`@${amara.name}`)
    await amara.ask(setPrivacy, { presence: 'everyone' })
    await expect(counted(hers)).toHaveText('4 online', { timeout: SOON })
    await chat(hers, 'Lisbon in May').click()
    await chat(hers, amara.name).click()
    await expect(status(hers)).toHaveText('online', { timeout: SOON })
  })

  await test.step('with less motion it is words', async () => {
    await hers.emulateMedia({ reducedMotion: 'reduce' })
    expect(await moving(hers, '.head')).toEqual([])
    await expect(status(hers)).toHaveText('online')
    await toList(theirs)
    await chat(theirs, noor.name).click()
    await expect(composer(theirs)).toBeEditable()
    await composer(theirs).pressSequentially('One more')
    await expect(status(hers)).toHaveText('typing')
    expect(await moving(hers, '.head')).toEqual([])
    await expect(hers.locator('.msg--typing').getByText('Someone is writing')).toBeVisible()
    await say(hers, 'I see')
    await passes(hers, 'less motion')
  })
})

const counted = (page: Page) => page.locator('.list__sub')
const status = (page: Page) => page.locator('.head__st')

/** The names of what moves without an end in a part of the page. */
const moving = (page: Page, part: string) =>
  page.evaluate(
    (selector) =>
      document
        .getAnimations()
        .filter((each) => each.effect?.getComputedTiming().iterations === Infinity && each.playState === 'running')
        .filter((each) => (each.effect as KeyframeEffect).target?.closest(selector))
        .map((each) => (each as CSSAnimation).animationName),
    part,
  )
