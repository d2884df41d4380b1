import { engines, storeContract } from './contract.ts'

for (const [engine, open] of Object.entries(engines)) storeContract(engine, open)
