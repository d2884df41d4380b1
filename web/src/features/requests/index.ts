export { requestSlice, type RequestsState } from './requests.ts'
