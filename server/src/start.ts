import { serve } from './serve.ts'

/* Starts what the environment says. */

await serve()
