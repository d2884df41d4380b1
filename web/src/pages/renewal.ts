import { useEffect } from 'react'
import type { Client } from '../kernel/client.ts'
import { useClient } from '../kernel/use-client.ts'

/** How long the other pages wait for the one that renews the session, in ms, should it be closed in the middle. */
const PATIENCE = 15_000

const channelOf = ({ me }: Client): BroadcastChannel => new BroadcastChannel(`connectly.renewal.${me}`)

/**
 * Does what gives this browser's session a new token. Lines that stand on the old one would hear that it has ended: so all
 * pages of this browser lay theirs down first, and take them up again with the new one.
 */
export async function whileRenewing<T>(client: Client, work: () => Promise<T>): Promise<T> {
  const others = channelOf(client)
  others.postMessage('begin')
  client.connection.stop()
  try {
    return await work()
  } finally {
    client.connection.start()
    others.postMessage('end')
    others.close()
  }
}

/** Goes along while another page of this browser renews the session. */
export function useRenewals(): void {
  const client = useClient()
  useEffect(() => {
    const { start, stop } = client.connection
    const others = channelOf(client)
    let timer: ReturnType<typeof setTimeout> | undefined
    others.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
      clearTimeout(timer)
      if (data !== 'begin') return start()
      stop()
      timer = setTimeout(start, PATIENCE)
    })
    return () => {
      clearTimeout(timer)
      others.close()
    }
  }, [client])
}
