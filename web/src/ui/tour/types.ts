import type { DemoRole } from '@/api/types'

/** A stop of the guided tour: who looks, at which page, at what. */
export interface TourStop {
  id: string
  role: DemoRole
  /** Part of the page, by its data-tour attribute; the first one that is there is shown. */
  targets: string[]
}

/** Where a stop's part stands on the screen, in CSS px. */
export interface Spot { x: number; y: number; width: number; height: number }
