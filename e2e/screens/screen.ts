import type { Locator, Page } from '@playwright/test'
import type { Wire } from '../support/wire.ts'
import type { Name, Visitor, World } from './world.ts'

/** The widths that every screen is taken at, with a height and whether it is a phone. */
export const sizes = [
  { width: 360, height: 760, isPhone: true },
  { width: 768, height: 1024, isPhone: false },
  { width: 1280, height: 800, isPhone: false },
  { width: 1680, height: 1050, isPhone: false },
] as const
export type Size = (typeof sizes)[number]

export const themes = ['light', 'dark'] as const
export type Theme = (typeof themes)[number]

/** What a screen's steps may use besides the page. */
export type Scene = { world: World; wire: Wire; size: Size; me: Visitor | null }

/** Part of a mockup's desktop picture, in its own pixels: left, top, width, height. */
export type Crop = readonly [number, number, number, number]

/** A screen in one of its states: whose it is, where it is found, and the steps from there. */
export type Screen = {
  name: string
  /** A mockup's picture beside which it is put, whole or a part of it. */
  mockup?: string
  crop?: Crop
  /** The part that a phone is put beside. */
  phoneCrop?: Crop
  /** Whose browser it is; `null` for nobody's. Noor's unless said. */
  as?: Name | null
  /** In a session of its own, which may end. */
  isOwnSession?: true
  path: string | ((world: World) => string)
  /** Before the page opens. */
  before?: (page: Page, scene: Scene) => Promise<unknown>
  /** From the opened page to the screen. A step that fails is shown in the report. */
  open: (page: Page, scene: Scene) => Promise<unknown>
  /** After the pictures: what must not last. */
  after?: (page: Page, scene: Scene) => Promise<unknown>
}

/** Screens of one part of the app. */
export type Chapter = { title: string; screens: readonly Screen[] }

/** Waits until something is to be seen. */
export const seen = (target: Locator): Promise<void> => target.filter({ visible: true }).first().waitFor()

/** Waits until a text is to be seen. */
export const text = (page: Page, words: string | RegExp): Promise<void> => seen(page.getByText(words))

/** Waits for the heading of a dialog or sheet. */
export const dialog = (page: Page, name?: string | RegExp): Promise<void> =>
  seen(name === undefined ? page.getByRole('dialog') : page.getByRole('dialog', { name }))

export const room = (name: keyof World['rooms']) => (world: World) => `/r/${world.rooms[name]}`

/** The part of the mockup's picture that a screen of this size is put beside. */
export const cropOf = ({ crop, phoneCrop }: Screen, { isPhone }: Size): Crop | undefined =>
  (isPhone && phoneCrop) || crop
