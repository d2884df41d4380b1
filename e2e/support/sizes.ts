export const desktop = { viewport: { width: 1440, height: 900 } } as const
export const phone = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true } as const

export const sizes = { desktop, phone }
export type Size = keyof typeof sizes

/** One of two people sits at the other kind of device. */
export const otherSize = (size: Size): Size => (size === 'phone' ? 'desktop' : 'phone')
