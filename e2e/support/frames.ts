import type { Page } from '@playwright/test'

/** Answers the next ask of this method in the server's place, once; everything else goes through. To be laid before the page opens. */
export async function refuseOnce(page: Page, method: string, code: string, params?: object): Promise<void> {
  let done = false
  await page.routeWebSocket(/socket\.io/, (socket) => {
    const server = socket.connectToServer()
    socket.onMessage((frame) => {
      const asked = /^42(\d+)\["ask","([\w.]+)"/.exec(String(frame))
      if (done || asked?.[2] !== method) return server.send(frame)
      done = true
      socket.send(`43${asked[1]}${JSON.stringify([{ ok: false, refusal: { code, params, requestId: 'a-request' } }])}`)
    })
  })
}

/** The server speaks the protocol of another version, as long as `isNewer` says so. */
export async function newerProtocol(page: Page, isNewer: () => boolean): Promise<void> {
  await page.routeWebSocket(/socket\.io/, (socket) => {
    const server = socket.connectToServer()
    server.onMessage((frame) => {
      const text = String(frame)
      const isHello = isNewer() && text.startsWith('42["hello"')
      socket.send(isHello ? text.replace(/"protocol":\d+/, '"protocol":999') : frame)
    })
  })
}

/** What happens is told at once, and the answer to this method only when `until` has come. To be laid before the page opens. */
export async function holdAnswer(page: Page, method: string, until: Promise<void>): Promise<void> {
  await page.routeWebSocket(/socket\.io/, (socket) => {
    const server = socket.connectToServer()
    let held: string | undefined
    socket.onMessage((frame) => {
      const asked = /^42(\d+)\["ask","([\w.]+)"/.exec(String(frame))
      if (asked?.[2] === method) held = `43${asked[1]}[`
      server.send(frame)
    })
    server.onMessage((frame) => {
      if (held === undefined || !String(frame).startsWith(held)) return socket.send(frame)
      void until.then(() => socket.send(frame))
    })
  })
}

/** Answers the next message with "slow down", in the server's place, once. To be laid before the page opens. */
export async function slowDown(page: Page, seconds: number): Promise<void> {
  await refuseOnce(page, 'messages.send', 'TooManyRequests', { retryAfter: seconds })
}
