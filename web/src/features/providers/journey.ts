import { goToProvider } from '@connectly/protocol'
import { askByHttp } from '../../kernel/http.ts'

/** What a browser keeps while it is away at another service. `link` was begun in settings, by somebody signed in. */
export type Journey = {
  ticket: string
  purpose: 'signIn' | 'link'
  /** What the service calls itself to people. */
  name: string
  /** Where to go afterwards, within this page. */
  next: string
  invitation?: string
}

const KEY = 'connectly.journey'

/** Leaves for another service to sign in; never comes back where it worked. */
export async function leaveToSignIn(provider: string, of: Omit<Journey, 'ticket' | 'purpose'>): Promise<void> {
  const { url, ticket } = await askByHttp(goToProvider, { provider })
  leave(url, { ...of, ticket, purpose: 'signIn' })
}

/** Leaves for another service, with what is needed when the browser is back. */
export function leave(url: string, journey: Journey): void {
  sessionStorage.setItem(KEY, JSON.stringify(journey))
  location.assign(url)
}

/** The journey that ends here; null where this tab began none. It can be taken once. */
export function takeJourney(): Journey | null {
  const kept = sessionStorage.getItem(KEY)
  sessionStorage.removeItem(KEY)
  try {
    return kept === null ? null : (JSON.parse(kept) as Journey)
  } catch {
    return null
  }
}
