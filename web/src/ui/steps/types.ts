import type { IconName } from '@/ui/icons/shapes'

/** One stop of a path: behind, here, or still to come. `icon` is drawn only while it is here. */
export interface StepItem { key: string; label: string; state: 'done' | 'now' | 'next'; icon?: IconName }
