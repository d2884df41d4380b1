/** A store that has not answered within this does not answer, for whoever asks whether the process is ready, in ms. */
const READY_LIMIT = 2000

/** Whether a question is answered before long: asked once at a time, however many want to know. */
export function answersSoon(question: () => Promise<unknown>): () => Promise<boolean> {
  let asked: Promise<boolean> | undefined
  return async () => {
    asked ??= question()
      .then(
        () => true,
        () => false,
      )
      .finally(() => (asked = undefined))
    let limit: NodeJS.Timeout | undefined
    const tooLong = new Promise<boolean>((done) => (limit = setTimeout(done, READY_LIMIT, false)))
    return Promise.race([asked, tooLong]).finally(() => clearTimeout(limit))
  }
}

/** Waits until this holds, for at most so many ms. */
export async function settle(isDone: () => boolean, ms: number): Promise<void> {
  const until = Date.now() + ms
  while (!isDone() && Date.now() < until) await new Promise((done) => setTimeout(done, 5))
}
