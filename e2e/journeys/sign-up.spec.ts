import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { invite, isNameFree } from '@connectly/protocol'
import { passes } from '../support/axe.ts'
import { linkIn, mailTo } from '../support/accounts.ts'
import { test } from '../support/house.ts'
import { PASSWORD } from '../support/people.ts'
import { expect } from '../support/test.ts'

const chats = { name: 'Chats', level: 1 } as const

test(
  'who makes an account does no sum by hand: the device does it while they type, and it counts once',
  { tag: '@phone' },
  async ({ house }) => {
    const { visit } = await house({ config: { captcha: { kind: 'work', bits: 12 } } })
    const page = await visit('/sign-up')
    await expect(page.getByRole('progressbar')).toHaveCount(0)
    await page.getByRole('textbox', { name: 'Username' }).pressSequentially('noor.h')
    await expect(page.getByText('noor.h is free. You can change it later.')).toBeVisible()
    await expect(page.getByText('Done', { exact: true })).toBeVisible()
    await page.getByRole('textbox', { name: 'Email' }).fill('noor@posteo')
    await page.getByLabel('Password', { exact: true }).fill(PASSWORD)
    await expect(page.getByText('29 characters. Strong. Length beats symbols.')).toBeVisible()
    await page.getByRole('button', { name: 'Create account' }).click()
    await expect(page.getByText('That address is missing its ending, like .de or .com.')).toBeVisible()
    await expect(page.getByRole('textbox', { name: 'Email' })).toBeFocused()
    await passes(page, 'sign up')
    await page.getByRole('textbox', { name: 'Email' }).fill('')
    await page.getByRole('button', { name: 'Create account' }).click()
    await expect(page.getByRole('heading', chats)).toBeVisible()
  },
)

test('a sum that has run out is done anew without a word', async ({ house, watch }) => {
  let now = Date.now()
  const { visit } = await house({ config: { captcha: { kind: 'work', bits: 10 } }, clock: () => now })
  watch.allow(/status of 400/)
  const page = await visit('/sign-up')
  await page.getByRole('textbox', { name: 'Username' }).fill('late.one')
  await expect(page.getByText('Done', { exact: true })).toBeVisible()
  now += 11 * 60 * 1000
  await page.getByLabel('Password', { exact: true }).fill(PASSWORD)
  await page.getByRole('button', { name: 'Create account' }).click()
  await expect(page.getByRole('heading', chats)).toBeVisible()
})

test('a name that is taken is told while one types, and what is wrong is said where it is', async ({
  house,
  watch,
}) => {
  const { server, visit } = await house({ config: { captcha: { kind: 'work', bits: 8 } } })
  watch.allow(/status of 400/)
  await server.person('amara')
  const page = await visit('/sign-up')
  const username = page.getByRole('textbox', { name: 'Username' })
  await username.fill('Amara')
  await expect(page.getByText('Someone has that username. Try another.')).toBeVisible()
  await username.fill('amara.')
  await page.getByLabel('Password', { exact: true }).fill('password1234')
  await page.getByRole('button', { name: 'Create account' }).click()
  await expect(username).toBeFocused()
  await expect(username).toHaveAttribute('aria-invalid', 'true')
  await expect(username).toHaveAccessibleDescription(/^2 to 32 letters/)
  await username.fill('amara.b')
  await page.getByRole('button', { name: 'Create account' }).click()
  await expect(page.getByText(/^That password is among those people guess first/)).toBeVisible()
  await expect(page.getByLabel('Password', { exact: true })).toBeFocused()
  await page.getByLabel('Password', { exact: true }).fill(PASSWORD)
  await page.getByRole('button', { name: 'Create account' }).click()
  await expect(page.getByRole('heading', chats)).toBeVisible()
})

test(
  'the address is confirmed by the digits of the mail, or later by its link',
  { tag: '@phone' },
  async ({ house, watch }) => {
    const { server, visit } = await house()
    watch.allow(/status of 403/)
    const page = await visit('/sign-up?next=%2Fsettings')
    await page.getByRole('textbox', { name: 'Username' }).fill('priya')
    await page.getByRole('textbox', { name: 'Email' }).fill('priya@example.org')
    await page.getByLabel('Password', { exact: true }).fill(PASSWORD)
    await page.getByRole('button', { name: 'Create account' }).click()
    await expect(page.getByRole('heading', { name: 'Look in your mail' })).toBeFocused()
    await expect(page.getByText('priya@example.org')).toBeVisible()
    await passes(page, 'look in your mail')
    const mail = await mailTo(server, 'verification', 'priya@example.org')
    const code = /\b\d{6}\b/.exec(mail)?.[0] ?? ''
    await page.getByRole('textbox', { name: 'Six-digit code' }).fill(code === '000000' ? '111111' : '000000')
    await page.getByRole('button', { name: 'Confirm' }).click()
    await expect(page.getByText('Those digits didn’t match. Take the ones from the newest mail.')).toBeVisible()
    await page.getByRole('button', { name: 'Later' }).click()
    await expect(page).toHaveURL(/\/settings$/)

    const other = await visit(linkIn(mail, '/confirm'))
    await expect(other).toHaveURL(/\/confirm$/)
    await other.getByRole('button', { name: 'Confirm this address' }).click()
    await expect(other.getByRole('heading', { name: 'priya@example.org is confirmed' })).toBeFocused()
    await passes(other, 'confirmed')
    await page.goto(`${new URL(page.url()).origin}/confirm`)
    await expect(page.getByRole('heading', { name: 'Nothing is waiting to be confirmed' })).toBeVisible()
  },
)

test('where only invitations let people in, one does, once', async ({ house, watch }) => {
  const { server, visit } = await house({ config: { entry: { registration: 'invitation', guests: false } } })
  watch.allow(/status of (?:410|404)/)
  const root = await server.administrator('root')
  const { url } = await root.ask(invite, { stepUp: await server.stepUp(root), note: 'for Leila' })
  const page = await visit('/sign-in')
  await page.getByRole('link', { name: 'Create an account' }).click()
  await expect(page.getByRole('heading', { name: 'Only by invitation' })).toBeVisible()
  await passes(page, 'only by invitation')
  await expect(page.getByRole('link', { name: 'Look around as a guest' })).toHaveCount(0)

  const path = url.slice(new URL(url).origin.length)
  for (const [name, says] of [
    ['leila.m', null],
    ['leila.n', 'This invitation was used, or has run out. Ask for a new one.'],
  ] as const) {
    const invited = await visit(path)
    await invited.getByRole('textbox', { name: 'Username' }).fill(name)
    await invited.getByLabel('Password', { exact: true }).fill(PASSWORD)
    await invited.getByRole('button', { name: 'Create account' }).click()
    await expect(says ? invited.getByText(says) : invited.getByRole('heading', chats)).toBeVisible()
  }
  expect((await root.ask(isNameFree, { username: 'leila.n' })).isFree).toBe(true)
})

test('where nobody may come in, nothing leads to a form', async ({ house }) => {
  const { visit } = await house({ config: { entry: { registration: 'closed', guests: false } } })
  const page = await visit('/sign-in')
  await expect(page.getByRole('button', { name: 'Sign in', exact: true })).toBeVisible()
  await expect(page.getByRole('link', { name: 'Create an account' })).toHaveCount(0)
  await page.goto(`${new URL(page.url()).origin}/sign-up`)
  await expect(page.getByRole('heading', { name: 'Not open to newcomers' })).toBeVisible()
  await page.goto(`${new URL(page.url()).origin}/guest`)
  await expect(page.getByRole('heading', { name: 'No guests here' })).toBeVisible()
  await page.getByRole('link', { name: 'Back to sign in' }).click()
  await expect(page.getByRole('heading', { name: 'Welcome back' })).toBeVisible()
})

/** What a service puts on the page: a box to tick, and a token for it. */
const box = `window.hcaptcha = {
  render(place, options) {
    const button = document.createElement('button')
    button.type = 'button'
    button.textContent = 'I am a person'
    button.addEventListener('click', () => options.callback('token ' + options.sitekey))
    place.append(button)
  },
}`

test('a service that checks for humans shows its box, and what it says of an answer counts', async ({
  house,
  watch,
}) => {
  watch.allow(/status of 400/)
  const asked: string[] = []
  const service = createServer((request, response) => {
    let body = ''
    request.on('data', (bytes: Buffer) => (body += bytes.toString()))
    request.on('end', () => {
      asked.push(new URLSearchParams(body).get('response') ?? '')
      // It does not believe the first one.
      response.setHeader('content-type', 'application/json').end(JSON.stringify({ success: asked.length > 1 }))
    })
  })
  await new Promise<void>((done) => service.listen(0, '127.0.0.1', done))
  const verifyUrl = new URL(`http://127.0.0.1:${(service.address() as AddressInfo).port}/`)
  const keys = { siteKey: 'a-site', secret: 'a secret', score: 0.5, verifyUrl }
  const { url, visit } = await house({ config: { captcha: { kind: 'hcaptcha', ...keys } } })
  const page = await visit('/terms')
  await page.route('https://js.hcaptcha.com/**', (route) =>
    route.fulfill({ contentType: 'text/javascript', body: box }),
  )
  await page.goto(`${url}/sign-up`)
  await page.getByRole('textbox', { name: 'Username' }).fill('joao')
  await page.getByLabel('Password', { exact: true }).fill(PASSWORD)
  const create = page.getByRole('button', { name: 'Create account' })
  await create.click()
  await expect(page.getByText('Show that you’re a person first.')).toBeVisible()
  for (const says of [
    page.getByText('That check didn’t hold. Show once more that you’re a person.'),
    page.getByRole('heading', chats),
  ]) {
    await page.getByRole('button', { name: 'I am a person' }).click()
    await create.click()
    await expect(says).toBeVisible()
  }
  expect(asked).toEqual(['token a-site', 'token a-site'])
  service.close()
})

test('a service whose script does not come says so', async ({ house, watch }) => {
  watch.allow(/net::ERR_/)
  const keys = { siteKey: 'a-site', secret: 'a secret', score: 0.5, verifyUrl: null }
  const { url, visit } = await house({ config: { captcha: { kind: 'turnstile', ...keys } } })
  const page = await visit('/terms')
  await page.route('https://challenges.cloudflare.com/**', (route) => route.abort())
  await page.goto(`${url}/sign-up`)
  await expect(page.getByText('The check didn’t load. Something in this browser may keep it away.')).toBeVisible()
})

test('a page that opened while nobody answered learns of the check by itself', async ({ house, watch }) => {
  watch.allow(/net::ERR_FAILED/)
  const { url, visit } = await house({ config: { captcha: { kind: 'work', bits: 8 } } })
  const page = await visit('/terms')
  let isAway = true
  await page.route('**/api/registration.rules', (route) => (isAway ? route.abort() : route.continue()))
  await page.goto(`${url}/sign-up`)
  await page.getByRole('textbox', { name: 'Username' }).fill('early.bird')
  await expect(page.getByText('Done', { exact: true })).toHaveCount(0)
  isAway = false
  await page.waitForResponse('**/api/registration.rules')
  await page.getByLabel('Password', { exact: true }).fill(PASSWORD)
  await page.getByRole('button', { name: 'Create account' }).click()
  await expect(page.getByRole('heading', chats)).toBeVisible()
})
