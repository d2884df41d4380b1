/** Making, changing, leaving and handing over groups. */
export const groups = {
  whoIsComing: 'Who’s coming?',
} as const
