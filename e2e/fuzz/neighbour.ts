import { setTimeout as wait } from 'node:timers/promises'
import type { Answer } from '@connectly/protocol'
import { openLine } from './line.ts'
import { newUuid } from './shapes.ts'
import type { Things } from './server.ts'

/** What the neighbour noticed: how often they asked, and what took longest, in ms. */
export type Noticed = { asks: number; slowestAsk: number; slowestHealth: number; complaints: string[] }

/** How long a process may take to say that it is there, in ms. */
const HEALTH_WITHIN = 1000
const HEARD_WITHIN = 5000

/** Two people in a room of their own, who talk while others are fuzzed: every word has to be answered rightly, and heard. */
export async function startNeighbour(url: string, things: Things) {
  const [one, two] = [await openLine(url, things['one'] ?? ''), await openLine(url, things['two'] ?? '')]
  const noticed: Noticed = { asks: 0, slowestAsk: 0, slowestHealth: 0, complaints: [] }
  const open = '{"epoch":null,"cursors":{},"lines":{}}'
  await Promise.all([one.ask('sync.open', open), two.ask('sync.open', open)])
  let isOver = false

  async function ask(line: typeof one, method: string, input: object): Promise<Record<string, unknown>> {
    const began = performance.now()
    const text = await line.ask(method, JSON.stringify(input))
    noticed.slowestAsk = Math.max(noticed.slowestAsk, performance.now() - began)
    noticed.asks++
    const answer = JSON.parse(text ?? '{"ok":false}') as Answer<Record<string, unknown>>
    if (!answer.ok) throw new Error(`${method} was answered with ${text ?? 'the end of the connection'}`)
    return answer.value
  }

  async function talk(): Promise<void> {
    const me = await ask(one, 'accounts.me', {})
    if (me['userId'] !== things['me']) throw new Error(`somebody else was asking: ${JSON.stringify(me)}`)
    const word = newUuid(Math.random)
    const body = { kind: 'text', text: word }
    const sent = await ask(one, 'messages.send', { roomId: things['room'], localId: newUuid(Math.random), body })
    if (JSON.stringify(sent['body']) !== JSON.stringify(body)) throw new Error('a message was kept as something else')
    await two.hearWith(word, HEARD_WITHIN)
  }

  async function checkHealth(): Promise<void> {
    const began = performance.now()
    const { status } = await fetch(`${url}/health`)
    const took = performance.now() - began
    noticed.slowestHealth = Math.max(noticed.slowestHealth, took)
    if (status !== 200 || took > HEALTH_WITHIN) throw new Error(`/health: ${status} after ${Math.round(took)} ms`)
  }

  const talking = (async () => {
    while (!isOver) {
      try {
        await talk()
        await checkHealth()
      } catch (error) {
        noticed.complaints.push(`the neighbour: ${String(error)}`)
        if (noticed.complaints.length > 5) return
      }
      await wait(60)
    }
  })()

  return {
    noticed,
    stop: async () => {
      isOver = true
      await talking
      one.close()
      two.close()
      return noticed
    },
  }
}
