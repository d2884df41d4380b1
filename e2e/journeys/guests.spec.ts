import { passes } from '../support/axe.ts'
import { test } from '../support/house.ts'
import { PASSWORD, signIn } from '../support/people.ts'
import { expect } from '../support/test.ts'

const chats = { name: 'Chats', level: 1 } as const

test('a guest comes by a name alone, looks around, and stays for good', { tag: '@phone' }, async ({ house }) => {
  const { visit } = await house({ config: { captcha: { kind: 'work', bits: 8 } } })
  const page = await visit('/sign-in')
  await page.getByRole('link', { name: 'Look around as a guest' }).click()
  await page.getByRole('button', { name: 'Join as a guest' }).click()
  await expect(page.getByText('A name is still missing.')).toBeVisible()
  await page.getByRole('textbox', { name: 'What should we call you?' }).fill('Лина')
  await expect(page.getByText('Shown as Лина, guest. No email needed.')).toBeVisible()
  await passes(page, 'come in as a guest')
  await page.getByRole('button', { name: 'Join as a guest' }).click()
  await expect(page.getByRole('heading', chats)).toBeVisible()

  const { origin } = new URL(page.url())
  await page.goto(`${origin}/settings/profile`)
  await expect(page.getByRole('heading', { name: 'You’re here as a guest' })).toBeVisible()
  await page.getByRole('link', { name: 'Stay for good' }).click()
  await page.getByRole('textbox', { name: 'Username' }).fill('lina')
  await page.getByLabel('Password', { exact: true }).fill(PASSWORD)
  await passes(page, 'stay for good')
  await page.getByRole('button', { name: 'Keep my account' }).click()
  await expect(page.getByRole('heading', chats)).toBeVisible()
  await page.goto(`${origin}/settings/profile`)
  await expect(page.getByRole('heading', { name: 'Лина' })).toBeVisible()
  await expect(page.getByRole('heading', { name: 'You’re here as a guest' })).toHaveCount(0)
  await page.goto(`${origin}/stay-for-good`)
  await expect(page.getByRole('heading', { name: 'You have an account already' })).toBeVisible()

  const elsewhere = await visit('/sign-in')
  await signIn(elsewhere, 'lina')
  await expect(elsewhere.getByRole('heading', chats)).toBeVisible()
})
