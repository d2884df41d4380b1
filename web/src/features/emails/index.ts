export { useToken } from './token.ts'
