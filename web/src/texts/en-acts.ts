/** What one does with messages: menus, dialogs, selecting, info. */
export const acts = {
  deleteForEveryone: 'For everyone',
} as const
