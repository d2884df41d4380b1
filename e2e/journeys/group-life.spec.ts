import { befriend } from '@connectly/server/test-kit'
import type { Page } from '@playwright/test'
import { chat, details, dialog, inChatMenu, inMemberMenu } from '../support/acts.ts'
import { passes } from '../support/axe.ts'
import { messages, row, say } from '../support/room.ts'
import { expect, test } from '../support/test.ts'

const line = (page: Page, text: string) => messages(page).getByText(text, { exact: true })

test('a group from its making to its handing over', { tag: '@phone' }, async ({ someone, here, there }) => {
  test.setTimeout(240_000)
  const [noor, amara] = [await someone('noor'), await someone('amara')]
  const [priya, kenji] = [await someone('priya'), await someone('kenji')]
  for (const other of [amara, priya, kenji]) await befriend(noor, other)
  const hers = await noor.open('/', { size: here, colorScheme: 'light' })
  const theirs = await amara.open('/', { size: there, colorScheme: 'dark' })
  const third = await priya.open('/', { size: there, colorScheme: 'light' })

  await test.step('made with two people, a name and a tint', async () => {
    await hers.getByRole('button', { name: 'New chat' }).first().click()
    await dialog(hers, 'New chat').getByRole('button', { name: 'New group' }).click()
    const who = dialog(hers, 'Who’s coming?')
    await who.getByRole('checkbox', { name: amara.name }).check()
    await who.getByRole('checkbox', { name: priya.name }).check()
    await expect(who.getByText('2 picked')).toBeVisible()
    await passes(hers, 'who is coming')
    await who.getByRole('button', { name: 'Next' }).click()
    const what = dialog(hers, 'What’s it called?')
    await what.getByRole('button', { name: 'Create group' }).click()
    await expect(what.getByText('Give it a name, so people know what they’ve joined.')).toBeVisible()
    await what.getByRole('radio', { name: 'Colour 5 of 8' }).check({ force: true })
    await what.getByRole('textbox', { name: 'Name' }).fill('Lisbon in May')
    await passes(hers, 'what it is called')
    await what.getByRole('button', { name: 'Create group' }).click()
    await expect(hers.getByRole('heading', { level: 1, name: 'Lisbon in May' })).toBeVisible()
    await expect(line(hers, `${noor.name} made this group`)).toBeVisible()
    await expect(hers.locator('.head .av').first()).toHaveClass(/tint--e/)
    await chat(theirs, 'Lisbon in May').click()
    await chat(third, 'Lisbon in May').click()
    await say(theirs, 'Count me in')
    await expect(row(hers, 'Count me in')).toBeVisible()
    await expect(row(third, 'Count me in')).toBeVisible()
  })

  await test.step('renamed, and a fourth is added: everybody sees a line, the count and the faces', async () => {
    await inChatMenu(hers, 'Edit group')
    await expect(hers.getByRole('heading', { level: 1, name: 'Edit group' })).toBeVisible()
    await hers.getByRole('textbox', { name: 'Name' }).fill('Lisbon in June')
    await hers.getByRole('button', { name: 'Save' }).click()
    await expect(hers.getByText('Saved.')).toBeVisible()
    await passes(hers, 'edit group')
    await backToGroup(hers, 'Lisbon in June')
    for (const page of [hers, theirs]) {
      await expect(page.getByRole('heading', { level: 1, name: 'Lisbon in June' })).toBeVisible()
      await expect(line(page, `${noor.name} renamed this group “Lisbon in June”`)).toBeVisible()
    }
    await inChatMenu(hers, 'Add people')
    const adding = dialog(hers, 'Add people')
    await expect(adding.getByRole('checkbox')).toHaveCount(1)
    await adding.getByRole('checkbox', { name: kenji.name }).check()
    await adding.getByRole('button', { name: 'Add 1 person' }).click()
    await expect(adding).toBeHidden()
    for (const page of [hers, theirs]) {
      await expect(line(page, `${noor.name} added ${kenji.name}`)).toBeVisible()
      await expect(page.locator('.head__s').getByText(/^4 people/)).toBeVisible()
      await expect(page.locator('.head__stack .av')).toHaveCount(3)
    }
  })

  await test.step('one becomes an admin, and removes another', async () => {
    const panel = await details(hers, 'Lisbon in June')
    await expect(panel.getByRole('listitem')).toHaveCount(4)
    await inMemberMenu(hers, panel, amara.name, 'Make admin')
    await expect(panel.getByRole('button', { name: amara.name }).getByText('Admin')).toBeVisible()
    await passes(hers, 'details of a group')
    const hersToo = await details(theirs, 'Lisbon in June')
    await inMemberMenu(theirs, hersToo, kenji.name, 'Remove')
    const asking = dialog(theirs, `Remove ${kenji.name}?`)
    await expect(asking).toBeVisible()
    await passes(theirs, 'removing somebody')
    await asking.getByRole('button', { name: 'Remove' }).click()
    await expect(panel.getByRole('listitem')).toHaveCount(3)
    await hersToo.getByRole('button', { name: 'Close details' }).click()
    await panel.getByRole('button', { name: 'Close details' }).click()
    for (const page of [hers, theirs]) await expect(line(page, `${amara.name} removed ${kenji.name}`)).toBeVisible()
  })

  await test.step('a member leaves, and is told so in the room', async () => {
    await inChatMenu(third, 'Leave group')
    await dialog(third, 'Leave Lisbon in June?').getByRole('button', { name: 'Leave group' }).click()
    await expect(third.getByRole('heading', { name: 'Chats', exact: true })).toBeVisible()
    await expect(chat(third, 'Lisbon in June')).toHaveCount(0)
    await expect(line(hers, `${priya.name} left`)).toBeVisible()
  })

  await test.step('handed over from the edit page', async () => {
    await inChatMenu(hers, 'Edit group')
    await hers.getByRole('button', { name: 'Choose a new owner' }).click()
    const choosing = dialog(hers, 'Choose a new owner')
    await choosing.getByRole('radio', { name: amara.name }).check()
    await passes(hers, 'choosing an owner')
    await choosing.getByRole('button', { name: 'Next' }).click()
    const over = dialog(hers, `Make ${amara.name} the owner?`)
    await over.getByRole('textbox', { name: 'Type the group’s name to confirm' }).fill('Lisbon in June')
    await passes(hers, 'handing over')
    await over.getByRole('button', { name: `Make ${amara.name} the owner` }).click()
    await expect(over).toBeHidden()
    await expect(hers.getByRole('button', { name: 'Choose a new owner' })).toHaveCount(0)
    await expect(line(theirs, `${noor.name} made ${amara.name} the owner`)).toBeVisible()
  })

  await test.step('the last owner cannot leave without an heir', async () => {
    await inChatMenu(theirs, 'Leave group')
    const heir = dialog(theirs, 'Hand the group over first')
    await expect(heir.getByRole('radio', { name: noor.name })).toBeChecked()
    await passes(theirs, 'naming an heir')
    await heir.getByRole('button', { name: 'Stay' }).click()
    await expect(theirs.getByRole('heading', { level: 1, name: 'Lisbon in June' })).toBeVisible()
    await inChatMenu(theirs, 'Leave group')
    await heir.getByRole('button', { name: `Make ${noor.name} owner and leave` }).click()
    await expect(chat(theirs, 'Lisbon in June')).toHaveCount(0)
    await backToGroup(hers, 'Lisbon in June')
    await expect(line(hers, `${amara.name} left`)).toBeVisible()
    await expect(line(hers, `${amara.name} made ${noor.name} the owner`)).toBeVisible()
    await passes(hers, 'a group after its life')
  })
})

/** From the page where a group is edited; a wide screen has its row beside it. */
async function backToGroup(page: Page, name: string): Promise<void> {
  const back = page.getByRole('link', { name: 'Back to the group' })
  await ((await back.isVisible()) ? back : chat(page, name)).click()
}
