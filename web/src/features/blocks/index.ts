export { blockSlice, type BlocksState } from './blocks.ts'
export { useBlockActions, useBlocks } from './use-blocks.ts'
