/** Profiles, blocking, settings, the palette and the keys. */
export const people = {
  profile: 'Profile',
} as const
