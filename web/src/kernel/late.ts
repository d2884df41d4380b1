import { lazy, type ComponentType, type LazyExoticComponent } from 'react'
import { watched } from './watched.ts'

/** How long after a part could not be fetched it is asked for again, in ms: twice as long each time, up to the last. */
const [SOON, LATEST] = [1000, 15_000]
/** How often a server that answers may lack it, asked again: then the page is older than the server, and only a new one helps. */
const LACKING = 2

/** How many parts somebody asked for that could not be fetched so far. */
export const missing = watched(0)

/**
 * A component in a file of its own. Where the line is away it is fetched when the line is back, so that a part that could
 * not be had never takes the page with it. It fails only where the server answers and does not have it; and not even then
 * where nobody asked for it (`isAside`).
 */
export function late<Props extends object>(
  load: () => Promise<ComponentType<Props>>,
  isAside = false,
): LazyExoticComponent<ComponentType<Props>> {
  return lazy(async () => {
    const first = await tryOnce(load)
    if ('default' in first) return first
    if (isAside) return tryOn(load, isAside)
    missing.set(missing.get() + 1)
    try {
      return await tryOn(load, isAside)
    } finally {
      missing.set(missing.get() - 1)
    }
  })
}

async function tryOn<Part>(load: () => Promise<Part>, isAside: boolean): Promise<{ default: Part }> {
  let lacking = 0
  for (let wait = SOON; ; wait = Math.min(wait * 2, LATEST)) {
    await until(wait)
    const tried = await tryOnce(load)
    if ('default' in tried) return tried
    if (!isAside && (await doesAnswer()) && ++lacking === LACKING) throw tried.error
  }
}

const tryOnce = <Part>(load: () => Promise<Part>): Promise<{ default: Part } | { error: unknown }> =>
  styled()
    .then(load)
    .then(
      (part) => ({ default: part }),
      (error: unknown) => ({ error }),
    )

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
