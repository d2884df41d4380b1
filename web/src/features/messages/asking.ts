import type { InputOf, Method, OutputOf } from '@connectly/protocol'
import { isPassing } from '../../kernel/ask-error.ts'
import type { Connection } from '../../kernel/connection.ts'

const AGAIN = 1500

/**
 * Asks for something that may be asked twice, as often as it takes to get an answer: without a line it waits for one.
 * Rejects with a refusal alone.
 */
export async function askUntilAnswered<M extends Method>(
  { line, ask }: Connection,
  method: M,
  input: InputOf<M>,
): Promise<OutputOf<M>> {
  for (;;) {
    await until(() => line.get().state === 'open', line.watch)
    try {
      return await ask(method, input)
    } catch (error) {
      if (!isPassing(error)) throw error
      await new Promise((resolve) => setTimeout(resolve, AGAIN))
    }
  }
}

function until(isSo: () => boolean, watch: (listener: () => void) => () => void): Promise<void> {
  if (isSo()) return Promise.resolve()
  return new Promise((resolve) => {
    const stop = watch(() => {
      if (!isSo()) return
      stop()
      resolve()
    })
  })
}
