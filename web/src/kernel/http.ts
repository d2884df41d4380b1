import { type Answer, type InputOf, type Method, type OutputOf } from '@connectly/protocol'
import { AskError } from './ask-error.ts'

/** Asks over HTTP, for the methods whose answer sets or ends a cookie. */
export async function askByHttp<M extends Method>(method: M, input: InputOf<M>, again = true): Promise<OutputOf<M>> {
  let answer: Answer<OutputOf<M>>
  try {
    const response = await fetch(`/api/${method.name}`, {
      method: 'POST',
      credentials: 'same-origin',
      headers: { 'content-type': 'application/json', 'x-csrf-token': csrfToken() },
      body: JSON.stringify(input),
    })
    answer = (await response.json()) as Answer<OutputOf<M>>
  } catch {
    throw new AskError({ code: navigator.onLine ? 'NoAnswer' : 'Offline' })
  }
  if (answer.ok) return answer.value
  // A page kept from before has an old token; the refusal brought a new one.
  if (answer.refusal.code === 'BadOrigin' && again) return askByHttp(method, input, false)
  throw new AskError(answer.refusal)
}

function csrfToken(): string {
  return /(?:^|; )connectly_csrf=([^;]*)/.exec(document.cookie)?.[1] ?? ''
}
