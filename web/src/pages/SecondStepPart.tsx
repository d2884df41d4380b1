export { SecondStep } from '../features/factors/index.tsx'
