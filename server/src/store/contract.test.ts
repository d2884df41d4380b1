import { storeContract } from './contract.ts'
import { engines } from './engines.ts'

for (const [engine, open] of Object.entries(engines)) storeContract(engine, open)
