import { blockPerson, unblockPerson, type Block, type UserId } from '@connectly/protocol'
import { useCallback, useMemo } from 'react'
import { useClient, useMine } from '../../kernel/use-client.ts'
import type { BlocksState } from './blocks.ts'

const nobody: readonly Block[] = []

/** People I blocked, and whether somebody is one of them. */
export function useBlocks(): { blocks: readonly Block[]; isBlocked: (userId: UserId) => boolean } {
  const blocks = useMine<BlocksState>('blocks')?.blocked ?? nobody
  return useMemo(() => {
    const ids = new Set(blocks.map(({ person }) => person.userId))
    return { blocks, isBlocked: (userId: UserId) => ids.has(userId) }
  }, [blocks])
}

/** Blocks somebody, and takes it back; both reject with what was refused. */
export function useBlockActions(): {
  block: (userId: UserId) => Promise<unknown>
  unblock: (userId: UserId) => Promise<unknown>
} {
  const { connection } = useClient()
  return {
    block: useCallback((userId: UserId) => connection.ask(blockPerson, { userId }), [connection]),
    unblock: useCallback((userId: UserId) => connection.ask(unblockPerson, { userId }), [connection]),
  }
}
