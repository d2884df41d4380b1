import { useSyncExternalStore } from 'react'
import { watched } from './watched.ts'

/** How Connectly looks and behaves on this device. Nothing of it is known to the server. */
export type Prefs = {
  theme: 'system' | 'light' | 'dark'
  contrast: 'system' | 'more'
  density: 'comfortable' | 'compact'
  motion: 'system' | 'full' | 'reduced'
  /** Of the browser's own, in per cent: 80 to 150. */
  textSize: number
  /** Enter sends and Shift Enter breaks the line; otherwise Enter breaks it and Ctrl Enter sends. */
  enterSends: boolean
  /** Says in the page when something comes into a chat that isn't open. */
  notify: boolean
  sound: boolean
}

const usual: Prefs = {
  theme: 'system',
  contrast: 'system',
  density: 'comfortable',
  motion: 'system',
  textSize: 100,
  enterSends: true,
  notify: true,
  sound: false,
}

const allowed: { [Name in keyof Prefs]: (value: unknown) => boolean } = {
  theme: (value) => value === 'system' || value === 'light' || value === 'dark',
  contrast: (value) => value === 'system' || value === 'more',
  density: (value) => value === 'comfortable' || value === 'compact',
  motion: (value) => value === 'system' || value === 'full' || value === 'reduced',
  textSize: (value) => typeof value === 'number' && value >= 80 && value <= 150,
  enterSends: (value) => typeof value === 'boolean',
  notify: (value) => typeof value === 'boolean',
  sound: (value) => typeof value === 'boolean',
}

const KEY = 'connectly.prefs'
const prefs = watched<Prefs>(load())

/** A preference, redrawn as it changes, in every tab of this device. */
export function usePref<Name extends keyof Prefs>(name: Name): Prefs[Name] {
  return useSyncExternalStore(prefs.watch, () => prefs.get()[name])
}

export const prefOf = <Name extends keyof Prefs>(name: Name): Prefs[Name] => prefs.get()[name]

/** Sets a preference, keeps it on the device, and shows it at once. */
export function setPref<Name extends keyof Prefs>(name: Name, value: Prefs[Name]): void {
  if (!allowed[name](value)) return
  prefs.set({ ...prefs.get(), [name]: value })
  try {
    localStorage.setItem(KEY, JSON.stringify(prefs.get()))
  } catch {
    // A browser that keeps nothing shows it until the page is closed.
  }
  applyPrefs()
}

/** Puts what the style sheets ask for onto the page: `data-theme`, `data-contrast`, `data-density`, `data-motion`, the text's size. */
export function applyPrefs(): void {
  const { theme, contrast, density, motion, textSize } = prefs.get()
  const root = document.documentElement
  set(root, 'theme', theme === 'system' ? undefined : theme)
  set(root, 'contrast', contrast === 'system' ? undefined : contrast)
  set(root, 'density', density === 'comfortable' ? undefined : density)
  set(root, 'motion', motion === 'system' ? undefined : motion)
  root.style.fontSize = textSize === 100 ? '' : `${textSize}%`
}

function set(root: HTMLElement, name: string, value: string | undefined): void {
  if (value === undefined) delete root.dataset[name]
  else root.dataset[name] = value
}

function load(): Prefs {
  const kept = parsed()
  const known = Object.entries(kept).filter(([name, value]) => allowed[name as keyof Prefs]?.(value))
  return { ...usual, ...Object.fromEntries(known) }
}

function parsed(): Record<string, unknown> {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(KEY) ?? '{}')
    return typeof kept === 'object' && kept !== null ? (kept as Record<string, unknown>) : {}
  } catch {
    return {}
  }
}

if (typeof addEventListener === 'function')
  addEventListener('storage', (event) => {
    if (event.key !== KEY) return
    prefs.set(load())
    applyPrefs()
  })
