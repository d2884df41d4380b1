import { goToLink } from '@connectly/protocol'
import { startOtherService } from '../../server/src/provider-kit.ts'
import { addAuthenticator, newAccount, totp } from '../support/accounts.ts'
import { passes } from '../support/axe.ts'
import { type House, test as base } from '../support/house.ts'
import { expect, signedIn } from '../support/test.ts'

const chats = { name: 'Chats', level: 1 } as const
const name = 'Continue with The other place'

/** A server, and a real service beside it that one can sign in with. */
const test = base.extend<{ both: House & { there: Awaited<ReturnType<typeof startOtherService>> } }>({
  both: async ({ house }, use) => {
    const there = await startOtherService()
    const made = await house({ config: { providers: [there.settings] } })
    there.admit(`${made.server.url}/back`)
    await use({ ...made, there })
    await there.stop()
  },
})

test(
  'who comes from another service chooses a username, and is let in the next time',
  { tag: '@phone' },
  async ({ both, watch }) => {
    // What a page kept from before holds is renewed by the first refusal.
    watch.allow(/status of 403/)
    const { there, server, visit } = both
    there.sits({ sub: 'one', email: 'noor@example.org', email_verified: true, name: 'Noor Haddad' })
    const page = await visit('/sign-in')
    await page.goto(`${server.url}/sign-in?next=%2Frequests`)
    await passes(page, 'sign in, with another service')
    await page.getByRole('button', { name }).click()
    await expect(page.getByRole('heading', { name: 'Almost there' })).toBeFocused()
    expect(new URL(page.url()).search, 'what came back stays in no address bar').toBe('')
    await passes(page, 'almost there')
    await page.getByRole('textbox', { name: 'Username' }).fill('noor.h')
    await page.getByRole('button', { name: 'Create account' }).click()
    await expect(page).toHaveURL(/\/requests$/)

    await page.context().clearCookies({ name: 'connectly' })
    await page.evaluate(() => localStorage.clear())
    await page.goto(`${server.url}/sign-in`)
    await page.getByRole('button', { name }).click()
    await expect(page.getByRole('heading', chats)).toBeVisible()
  },
)

test('who says no there is told so here, and a page that began nothing says what to do', async ({ both, watch }) => {
  watch.allow(/status of 403/)
  const { there, server, visit } = both
  there.sits(null)
  const page = await visit('/terms')
  await page.goto(`${server.url}/sign-up`)
  await page.getByRole('button', { name }).click()
  await expect(page.getByText('The other service didn’t let you through.')).toBeVisible()
  await passes(page, 'refused there')
  await page.goto(`${server.url}/back?code=stolen&state=stolen`)
  await expect(page.getByText(/^This browser no longer knows where you were going/)).toBeVisible()
  await page.getByRole('link', { name: 'Back to sign in' }).click()
  await expect(page.getByRole('heading', { name: 'Welcome back' })).toBeVisible()
})

test('a linked account leads to the second step, where there is one', async ({ both }) => {
  const { there, server, visit } = both
  there.sits({ sub: 'two', name: 'Mateo' })
  const mateo = await newAccount(server, 'mateo')
  const stepUp = await server.stepUp(mateo)
  const { url, ticket } = await mateo.ask(goToLink, { stepUp, provider: 'oidc' })
  const page = await visit('/terms', { storageState: signedIn(server.url, mateo) })
  await page.goto(`${server.url}/terms`)
  // As settings keep it when they send the browser there.
  const journey = { ticket, purpose: 'link', name: 'The other place', next: '/settings' }
  await page.evaluate((kept) => sessionStorage.setItem('connectly.journey', kept), JSON.stringify(journey))
  await page.goto(url)
  await expect(page).toHaveURL(/\/settings$/)
  await expect(page.getByText('The account is linked')).toBeVisible()

  const { key } = await addAuthenticator(server, mateo)
  const other = await visit('/terms')
  await other.goto(`${server.url}/sign-in`)
  await other.getByRole('button', { name }).click()
  await expect(other.getByText('Enter the six digits from your authenticator app.')).toBeVisible()
  await other.getByRole('textbox', { name: 'Six-digit code' }).fill(totp(key, Date.now()))
  await expect(other.getByRole('heading', chats)).toBeVisible()
})
