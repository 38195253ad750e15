/** One thing that happened. `at` is unix ms; `time` is the same moment as people say it. */
export interface TimelineItem { key: string; text: string; at: number; time: string }
