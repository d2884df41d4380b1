import type { Page } from '@playwright/test'
import { seen, text, type Chapter, type Screen } from '../screen.ts'
import { button } from './steps.ts'

/* Screens before one is signed in. What a server would have to be set up for is answered in its place. */

/** Answers a method in the server's place, from the next page on. */
const answers = (page: Page, method: string, value: unknown): Promise<unknown> =>
  page.route(`**/api/${method}`, (route) => route.fulfill({ json: { ok: true, value } }))

const refuses = (page: Page, method: string, code: string, params: object = {}): Promise<unknown> =>
  page.route(`**/api/${method}`, (route) =>
    route.fulfill({ status: 429, json: { ok: false, refusal: { code, params, requestId: 'a-request' } } }),
  )

const rules = {
  registration: 'open',
  guests: true,
  captcha: { kind: 'none', siteKey: '' },
  terms: '2026-11-21',
  providers: [{ provider: 'google', name: 'Google' }],
  mail: true,
}
const noor = { userId: '01999999-9999-7999-8999-999999999999', username: 'noor.h', name: 'Noor', createdAt: 0 }
const heading = (page: Page, name: string) => seen(page.getByRole('heading', { name }))

async function signInAs(page: Page): Promise<void> {
  await page.getByRole('textbox', { name: 'Email or username' }).fill('noor.h')
  await page.getByLabel('Password', { exact: true }).fill('the tram goes uphill')
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
}

/** The second step, by one of the ways it has. */
const secondStep = (name: string, offers: readonly string[], more: Partial<Screen> = {}): Screen => ({
  name,
  as: null,
  path: '/sign-in',
  before: (page) => answers(page, 'accounts.signIn', { person: null, second: { ticket: 'a.ticket', offers } }),
  open: async (page) => {
    await signInAs(page)
    await heading(page, 'One more step')
  },
  ...more,
})

export const entry: Chapter = {
  title: 'Coming in',
  screens: [
    {
      name: 'sign in',
      mockup: 'auth-signin',
      as: null,
      path: '/sign-in',
      before: (page) => answers(page, 'registration.rules', { ...rules, guests: false }),
      open: (page) => text(page, 'Continue with Google'),
    },
    {
      name: 'sign in, with too many tries',
      as: null,
      path: '/sign-in',
      before: (page) => refuses(page, 'accounts.signIn', 'TooManyRequests', { retryAfter: 58 }),
      open: async (page) => {
        await signInAs(page)
        await text(page, /^Too many tries/)
      },
    },
    {
      name: 'sign up',
      mockup: 'auth-signup',
      as: null,
      path: '/sign-up',
      open: async (page) => {
        await page.getByRole('textbox', { name: 'Username' }).fill('noor.hd')
        await page.getByRole('textbox', { name: 'Email' }).fill('noor.haddad@posteo')
        await page.getByLabel('Password', { exact: true }).fill('the tram goes up')
        await button(page, 'Create account').click()
        await text(page, 'That address is missing its ending, like .de or .com.')
        await text(page, 'noor.hd is free. You can change it later.')
      },
    },
    {
      name: 'sign up, with something missing',
      as: null,
      path: '/sign-up',
      open: async (page) => {
        await button(page, 'Create account').click()
        await text(page, 'A username is still missing.')
      },
    },
    {
      name: 'sign up, checking for a person',
      mockup: 'onboarding',
      crop: [23, 2167, 451, 516],
      as: null,
      path: '/sign-up',
      before: async (page) => {
        await answers(page, 'registration.rules', { ...rules, providers: [], captcha: { kind: 'work', siteKey: '' } })
        // Harder than any machine has time for.
        await answers(page, 'registration.work', { salt: 'a.salt', bits: 60, until: 0 })
      },
      open: async (page) => {
        await page.getByRole('textbox', { name: 'Username' }).fill('noor.hd')
        await page.getByLabel('Password', { exact: true }).fill('the tram goes uphill at eight')
        await button(page, 'Create account').click()
        await text(page, 'Checking you’re a person')
      },
    },
    {
      name: 'sign up, only by invitation',
      mockup: 'errors',
      as: null,
      path: '/sign-up',
      before: (page) => answers(page, 'registration.rules', { ...rules, registration: 'invitation' }),
      open: (page) => heading(page, 'Only by invitation'),
    },
    secondStep('second step', ['totp', 'recovery'], {
      mockup: 'auth-totp',
      open: async (page) => {
        await signInAs(page)
        await page.getByRole('textbox', { name: 'Six-digit code' }).fill('407')
      },
    }),
    secondStep('second step, wrong', ['totp', 'recovery', 'passkey'], {
      open: async (page) => {
        await refuses(page, 'factors.signIn', 'WrongProof')
        await signInAs(page)
        await page.getByRole('textbox', { name: 'Six-digit code' }).fill('407912')
        await text(page, /^That code didn’t match/)
      },
    }),
    secondStep('second step, recovery code', ['totp', 'recovery'], {
      open: async (page) => {
        await signInAs(page)
        await button(page, 'Use a recovery code instead').click()
        await seen(page.getByRole('textbox', { name: 'Recovery code' }))
      },
    }),
    secondStep('second step, passkey', ['passkey', 'recovery']),
    {
      name: 'forgot',
      mockup: 'onboarding',
      crop: [23, 1585, 451, 531],
      as: null,
      path: '/forgot',
      open: (page) => heading(page, 'New password'),
    },
    {
      name: 'forgot, link sent',
      mockup: 'onboarding',
      crop: [495, 1585, 451, 531],
      as: null,
      path: '/forgot',
      before: (page) => answers(page, 'registration.rules', rules),
      open: async (page) => {
        await page.getByRole('textbox', { name: 'Email or username' }).fill('noor.h')
        await button(page, 'Send the link').click()
        await heading(page, 'If that account exists, a link is on its way')
      },
    },
    {
      name: 'new password',
      mockup: 'onboarding',
      crop: [965, 1585, 451, 531],
      as: null,
      path: '/reset#a.token',
      before: (page) => answers(page, 'emails.isOpen', { isOpen: true }),
      open: async (page) => {
        await page.getByLabel('New password', { exact: true }).fill('the tram goes uphill')
        await page.getByLabel('Again', { exact: true }).fill('the tram')
        await text(page, 'The two don’t match yet.')
      },
    },
    {
      name: 'a link that is spent',
      as: null,
      path: '/reset#a.token',
      open: (page) => heading(page, 'This link has done its work'),
    },
    {
      name: 'a link, and nobody answers',
      as: null,
      path: '/reset#a.token',
      before: (page) => page.route('**/api/emails.isOpen', (route) => route.abort()),
      open: (page) => heading(page, 'The server didn’t answer'),
    },
    {
      name: 'not me',
      as: null,
      path: '/not-me#a.token',
      before: (page) => answers(page, 'emails.isOpen', { isOpen: true }),
      open: (page) => heading(page, 'Wasn’t that you?'),
    },
    {
      name: 'confirm by the link',
      as: null,
      path: '/confirm#a.token',
      open: (page) => heading(page, 'Confirm your email'),
    },
    {
      name: 'confirm by the digits',
      mockup: 'onboarding',
      crop: [965, 959, 451, 577],
      path: '/confirm',
      before: (page) =>
        answers(page, 'emails.mine', {
          email: null,
          confirmedAt: null,
          waiting: { email: 'noor.haddad@posteo.de', until: 0 },
        }),
      open: (page) => heading(page, 'Look in your mail'),
    },
    {
      name: 'guest',
      mockup: 'onboarding',
      crop: [965, 2167, 451, 516],
      as: null,
      path: '/guest',
      open: (page) => page.getByRole('textbox', { name: 'What should we call you?' }).fill('Лина'),
    },
    {
      name: 'stay for good',
      path: '/stay-for-good',
      before: (page) => answers(page, 'accounts.me', { ...noor, kind: 'guest' }),
      open: (page) => seen(page.getByRole('textbox', { name: 'Username' })),
    },
    {
      name: 'back from another service, new here',
      as: null,
      path: '/back?state=a&code=b',
      before: async (page) => {
        await answers(page, 'providers.return', {
          signedIn: null,
          newcomer: { ticket: 'a.ticket', username: 'noor.haddad', name: 'Noor Haddad' },
        })
        await page.addInitScript(() => {
          const journey = { ticket: 'a.ticket', purpose: 'signIn', name: 'Google', next: '/' }
          if (location.protocol !== 'about:') sessionStorage.setItem('connectly.journey', JSON.stringify(journey))
        })
      },
      open: (page) => heading(page, 'Almost there'),
    },
    {
      name: 'back from nowhere',
      as: null,
      path: '/back',
      open: (page) => text(page, /^This browser no longer knows/),
    },
  ],
}
