import type { Answer, InputOf, Method, OutputOf } from '@connectly/protocol'

/** Somebody who asks a server over HTTP, and stays who they signed in as. */
export type Asker = {
  tries<M extends Method>(method: M, input: InputOf<M>): Promise<Answer<OutputOf<M>>>
  /** Throws what is refused. */
  ask<M extends Method>(method: M, input: InputOf<M>): Promise<OutputOf<M>>
}

/** A stranger to the server at this address. */
export function askerAt(url: string): Asker {
  let token = ''
  const tries = async <M extends Method>(method: M, input: InputOf<M>) => {
    const response = await fetch(`${url}/api/${method.name}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) },
      body: JSON.stringify(input),
    })
    token = /(?:^|, )(?:__Host-)?connectly=([^;]+)/.exec(response.headers.get('set-cookie') ?? '')?.[1] ?? token
    return (await response.json()) as Answer<OutputOf<M>>
  }
  return {
    tries,
    ask: async (method, input) => {
      const answer = await tries(method, input)
      if (answer.ok) return answer.value
      throw new Error(
        `${method.name} was refused: ${answer.refusal.code} ${JSON.stringify(answer.refusal.params ?? {})}`,
      )
    },
  }
}
