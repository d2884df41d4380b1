import { imposePenalty } from '@connectly/protocol'
import type { Page } from '@playwright/test'
import { addAuthenticator, newAccount, totp } from '../support/accounts.ts'
import { passes } from '../support/axe.ts'
import { test } from '../support/house.ts'
import { signIn } from '../support/people.ts'
import { expect, signedIn } from '../support/test.ts'

const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true })

test('whoever runs the server needs a second factor to see what is done there', async ({ house }) => {
  const { server, url, visit } = await house()
  const noor = await server.administrator('noor.h')
  const page = await visit('/settings/server', { storageState: signedIn(url, noor) })
  await expect(page.getByRole('heading', { name: 'Turn on two-step sign-in first' })).toBeVisible()
  await passes(page, 'server, without a second factor')
  await page.getByRole('link', { name: 'Go to Security' }).click()
  await expect(page.getByRole('heading', { name: 'Security', level: 1 })).toBeVisible()
})

test(
  'an invitation is made, lets somebody in, and the record says who did what; for others the page is not there',
  { tag: '@phone' },
  async ({ house, watch }) => {
    watch.allow(/status of (?:401|403|404)/)
    const { server, url, visit } = await house()
    const noor = await server.administrator('noor.h')
    const { key } = await addAuthenticator(server, noor)
    const page = await visit('/settings/server', { storageState: signedIn(url, noor) })
    await page
      .getByRole('dialog', { name: 'Show that it’s you' })
      .getByRole('textbox', { name: 'Six-digit code' })
      .fill(totp(key, Date.now()))
    await expect(page.getByRole('heading', { name: 'Invitations' })).toBeVisible()
    await expect(page.getByText('Two-step sign-in is on')).toBeVisible()
    await passes(page, 'server')
    await page.getByRole('textbox', { name: 'For whom (only you see it)' }).fill('Amara')
    await button(page, 'Make an invitation').click()
    const link = page.getByRole('textbox', { name: 'The link, shown once' })
    await expect(link).toHaveValue(/^http.+/)
    await expect(page.getByText('By noor.h. Works until', { exact: false })).toBeVisible()
    await expect(page.getByText('Made an invitation', { exact: true }).first()).toBeVisible()
    const invitation = new URL(await link.inputValue())

    const other = await visit(invitation.pathname + invitation.search + invitation.hash)
    await expect(other.getByRole('heading', { name: 'Make yourself at home' })).toBeVisible()

    await button(page, 'Withdraw the invitation: Amara').click()
    await expect(page.getByText('None is open.')).toBeVisible()

    await newAccount(server, 'samuel')
    await page.getByRole('searchbox', { name: 'Find somebody by name' }).fill('sam')
    await expect(button(page, 'Add samuel')).toBeVisible()
    await passes(page, 'server, with somebody found')

    const his = await visit('/sign-in')
    await signIn(his, 'samuel')
    await expect(his.getByRole('heading', { name: 'Chats', level: 1 })).toBeVisible()
    await his.goto(`${url}/settings/server`)
    await expect(his.getByRole('heading', { name: 'This page wandered off' })).toBeVisible()
  },
)

test('another is let run the server, and no more; a penalty is lifted; the record tells of each', async ({
  house,
  watch,
}) => {
  watch.allow(/status of 40[13]/)
  const { server, url, visit } = await house()
  const noor = await server.administrator('noor.h')
  const { key } = await addAuthenticator(server, noor)
  const samuel = await newAccount(server, 'samuel')
  await addAuthenticator(server, samuel)
  const loud = await newAccount(server, 'loud')
  const stepUp = await server.stepUp(noor)
  const until = Date.now() + 3_600_000
  await noor.ask(imposePenalty, { stepUp, userId: loud.userId, kind: 'mute', until, reason: 'Shouting' })
  const page = await visit('/settings/server', { storageState: signedIn(url, noor) })
  await page
    .getByRole('dialog', { name: 'Show that it’s you' })
    .getByRole('textbox', { name: 'Six-digit code' })
    .fill(totp(key, Date.now()))

  await expect(page.getByText('Shouting. Until', { exact: false })).toBeVisible()
  await button(page, 'Lift: loud').click()
  await expect(page.getByText('Nobody is kept from anything.')).toBeVisible()

  await page.getByRole('searchbox', { name: 'Find somebody by name' }).fill('samu')
  await button(page, 'Add samuel').click()
  await expect(page.getByText('samuel runs this server too')).toBeVisible()
  await button(page, 'Remove samuel').click()
  const sure = page.getByRole('dialog', { name: 'Take this server from samuel?' })
  await expect(sure).toBeVisible()
  await passes(page, 'server, before somebody is removed')
  await sure.getByRole('button', { name: 'Remove', exact: true }).click()
  await expect(page.getByText('samuel no longer runs this server')).toBeVisible()
  await expect(button(page, 'Remove samuel')).toHaveCount(0)

  await page.reload()
  await page
    .getByRole('dialog', { name: 'Show that it’s you' })
    .getByRole('textbox', { name: 'Six-digit code' })
    .fill(totp(key, Date.now() + 30_000))
  await expect(page.getByText('noor.h, about loud. kind: mute. until: ', { exact: false })).toBeVisible()
  for (const act of [
    'Imposed a penalty',
    'Lifted a penalty',
    'Added who runs the server',
    'Removed who runs the server',
  ])
    await expect(page.getByText(act, { exact: true })).toBeVisible()
})
