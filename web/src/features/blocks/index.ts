export { blockSlice } from './blocks.ts'
export { useBlockActions, useBlocks } from './use-blocks.ts'
