export { NewcomerForm } from './NewcomerForm.tsx'
export { ProviderButtons } from './ProviderButtons.tsx'
