import { confirmEmail, setEmail, type Answer, type OwnEmail, type Person } from '@connectly/protocol'
import { mailTable } from '../../kernel/tables.ts'
import { codeIn, startMailServer } from '../../mail-kit.ts'
import { startServer } from '../../test-kit.ts'
import { createBrowser, type Browser } from '../../browser-kit.ts'

/* A server that hands its mail to a real one, and people with an address. For tests. */

export type Somebody = { browser: Browser; me: Person; email: string }

/** Starts both; `ahead` moves the server's clock. */
export async function startEmails() {
  let shift = 0
  let people = 0
  const mails = await startMailServer()
  const server = await startServer({ clock: () => Date.now() + shift, config: { mail: mails.settings } })

  const browser = (): Browser => createBrowser(server.url)
  const address = () => `Box.${++people}@Example.org`
  const username = () => `mailer-${++people}`

  const world = {
    mails,
    server,
    /** Lets time pass, in ms. */
    ahead: (ms: number) => void (shift += ms),
    username,
    /** An address that nobody has had. */
    address,
    /** A browser that came by. */
    browser,
    stepUp: ({ me, browser }: Pick<Somebody, 'me' | 'browser'>): Promise<string> =>
      server.stepUp({ userId: me.userId, token: browser.token() }, 'password'),
    /** Somebody who gave an address while signing up, and has not confirmed it. */
    newcomer: async (email = address()): Promise<Somebody> => {
      const by = browser()
      return { browser: by, me: await by.signsUp(username(), { email }), email }
    },
    /** Somebody whose address is confirmed. */
    confirmed: async (email = address()): Promise<Somebody> => {
      const somebody = await world.newcomer(email)
      await somebody.browser.ask(confirmEmail, { code: codeIn(await mails.mailTo(email)) })
      return somebody
    },
    /** Asks for this address to be theirs. */
    sets: async (somebody: Somebody, email: string): Promise<Answer<OwnEmail>> =>
      somebody.browser.tries(setEmail, { stepUp: await world.stepUp(somebody), email }),
    /** How many mails this address got so far, once all that wait have left. */
    countTo: async (email: string): Promise<number> => {
      await world.settled()
      return mails.to(email).length
    },
    /** Until no mail waits. */
    settled: async (): Promise<void> => {
      server.app.services.mails.wake()
      const limit = Date.now() + 5000
      while ((await server.app.store.count(mailTable, {}, 1)) > 0) {
        if (Date.now() > limit) throw new Error('mails still wait')
        await new Promise((done) => setTimeout(done, 5))
      }
    },
    stop: async () => {
      await server.stop()
      await mails.stop()
    },
  }
  return world
}
