import { lazy, type ComponentType, type LazyExoticComponent } from 'react'
import { watched } from './watched.ts'

/** How long after a part could not be fetched it is asked for again, in ms: twice as long each time, up to the last. */
const [SOON, LATEST] = [1000, 15_000]
/** How often a server that answers may lack it: then the page is older than the server, and only a new one helps. */
const LACKING = 3

/** How many parts are wanted that could not be fetched so far. */
export const missing = watched(0)

/**
 * A component in a file of its own. Where the line is away it is fetched when the line is back, so that a part that could
 * not be had never takes the page with it. It fails only where the server answers and does not have it.
 */
export function late<Props extends object>(
  load: () => Promise<ComponentType<Props>>,
): LazyExoticComponent<ComponentType<Props>> {
  return lazy(async () => {
    let lacking = 0
    let isMissing = 0
    for (let wait = SOON; ; wait = Math.min(wait * 2, LATEST)) {
      try {
        await styled()
        const part = { default: await load() }
        missing.set(missing.get() - isMissing)
        return part
      } catch (error) {
        if (isMissing === 0) missing.set(missing.get() + (isMissing = 1))
        if ((await doesAnswer()) && ++lacking === LACKING) {
          missing.set(missing.get() - 1)
          throw error
        }
        await until(wait)
      }
    }
  })
}

const doesAnswer = (): Promise<boolean> =>
  fetch('/health', { cache: 'no-store' }).then(
    (answer) => answer.ok,
    () => false,
  )

/** After so many ms, or when the network is back. */
function until(wait: number): Promise<void> {
  return new Promise((done) => {
    const timer = setTimeout(over, wait)
    function over() {
      clearTimeout(timer)
      removeEventListener('online', over)
      done()
    }
    addEventListener('online', over)
  })
}

/* A style sheet that could not be fetched is not asked for again by the import that wanted it: that is done here. */

/** Addresses of such style sheets. */
const bare = new Map<string, Promise<void> | null>()

addEventListener(
  'error',
  ({ target }) => {
    if (!(target instanceof HTMLLinkElement) || target.rel !== 'stylesheet') return
    target.remove()
    bare.set(target.href, null)
  },
  true,
)

async function styled(): Promise<void> {
  await Promise.all(Array.from(bare, ([href, coming]) => coming ?? style(href)))
}

function style(href: string): Promise<void> {
  const coming = new Promise<void>((done, fail) => {
    const link = Object.assign(document.createElement('link'), { rel: 'stylesheet', crossOrigin: '', href })
    link.onload = () => {
      bare.delete(href)
      done()
    }
    link.onerror = () => fail(new Error(`no ${href}`))
    document.head.append(link)
  })
  bare.set(href, coming)
  return coming
}
