import { defineConfig } from '@playwright/test'
import { desktop, phone } from './support/sizes.ts'

/* Journeys through the real client and the real server. `npm test` says by CHROMIUM_PATH which browser there is. */

const isRoot = process.getuid?.() === 0
const quiet = [
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

export default defineConfig({
  testDir: '.',
  // What is measured in time depends on the machine: it is asked for by `BUDGETS=1 npm run e2e`, alone.
  testMatch: process.env['BUDGETS'] ? /budgets\/.*\.spec\.ts$/ : /(?:journeys|a11y)\/.*\.spec\.ts$/,
  fullyParallel: true,
  forbidOnly: true,
  workers: 2,
  // As long as a neighbour on the machine may hold things up: what is there sooner is not waited for.
  timeout: 120_000,
  expect: { timeout: 20_000 },
  reporter: 'list',
  use: {
    browserName: 'chromium',
    locale: 'en-GB',
    timezoneId: 'UTC',
    // What does not come is told while it is clear what it was.
    actionTimeout: 30_000,
    screenshot: 'only-on-failure',
    launchOptions: {
      args: [...(isRoot ? ['--no-sandbox'] : []), ...quiet],
      ...(process.env['CHROMIUM_PATH'] && { executablePath: process.env['CHROMIUM_PATH'] }),
    },
  },
  projects: [
    { name: 'desktop', use: desktop, metadata: { size: 'desktop' } },
    // What is worth telling on a phone too.
    { name: 'phone', use: phone, grep: /@phone/, metadata: { size: 'phone' } },
  ],
})
