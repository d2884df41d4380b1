/*
 * The only addresses that scripts are started from, besides those the page itself was built with: under our content policy a
 * browser takes them from this one maker alone.
 */

/** Scripts of services that check for humans, where one is configured. */
const services = [
  'https://www.google.com/recaptcha/api.js?render=explicit',
  'https://js.hcaptcha.com/1/api.js?render=explicit',
  'https://challenges.cloudflare.com/turnstile/v0/api.js?render=explicit',
] as const
export type ServiceScript = (typeof services)[number]

type Maker = { createScriptURL: (url: string) => unknown }
type Makers = { createPolicy: (name: string, rules: { createScriptURL: (url: string) => string }) => Maker }

const { trustedTypes } = globalThis as { trustedTypes?: Makers }
const maker = trustedTypes?.createPolicy('connectly', { createScriptURL: known })

/** An address that a script or a worker may be started from, as the browser wants it; throws for any other. */
export const scriptUrl = (url: string): string => (maker ? (maker.createScriptURL(url) as string) : known(url))

function known(url: string): string {
  const { origin, pathname, href } = new URL(url, location.href)
  const isOurs = origin === location.origin && /^\/assets\/[\w.-]+\.js$/.test(pathname)
  if (!isOurs && !(services as readonly string[]).includes(href)) throw new TypeError(`no script of ours: ${href}`)
  return href
}
