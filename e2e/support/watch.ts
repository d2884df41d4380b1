import type { BrowserContext } from '@playwright/test'

/** What a browser says when the server it talks to is away, or when it is offline. */
export const awayNoise =
  /net::ERR_(?:CONNECTION_(?:REFUSED|RESET|CLOSED)|EMPTY_RESPONSE|INTERNET_DISCONNECTED|ABORTED|SOCKET_NOT_CONNECTED)|WebSocket connection to .* failed|WebSocket is closed before/

export type Watch = ReturnType<typeof createWatch>

/** Collects everything that went wrong in any page: a test fails for each of it that it did not expect. */
export function createWatch() {
  const faults: string[] = []
  const expected: RegExp[] = []
  const note = (fault: string) => {
    if (!expected.some((pattern) => pattern.test(fault))) faults.push(fault)
  }
  return {
    faults,
    /** From here on, this is no fault. */
    allow: (...patterns: RegExp[]) => void expected.push(...patterns),
    over: async (context: BrowserContext): Promise<void> => {
      context.on('console', (message) => {
        if (message.type() === 'error') note(`console: ${message.text()} ${message.location().url}`)
      })
      context.on('weberror', (error) => note(`error: ${error.error().stack ?? error.error().message}`))
      context.on('dialog', (dialog) => {
        note(`dialog: ${dialog.message()}`)
        void dialog.dismiss()
      })
      await context.addInitScript(() =>
        document.addEventListener('securitypolicyviolation', (event) =>
          // oxlint-disable-next-line no-console -- how it comes to the test
          console.error(`policy: ${event.violatedDirective} ${event.blockedURI} ${event.sample}`),
        ),
      )
    },
  }
}
