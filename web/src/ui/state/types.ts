/** bare: nothing here yet · shut: not yours to open · dark: no network · torn: something failed. */
export type StallMood = 'bare' | 'shut' | 'dark' | 'torn'
